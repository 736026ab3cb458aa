/// Who we are to the API server, asked for once per request.
///
/// Guarantees of every implementation: safe to call from any number of tasks at once; a slow refresh is done once and
/// shared by all who wait for it; a credential that is still good is returned without waiting.
package protocol CredentialSource: Sendable {
    /// The credentials to send now.
    ///
    /// - Throws: ``ConfigurationError`` when there are none to be had, `CancellationError` when the caller's task was
    ///   cancelled while it waited. A refresh that others wait for too goes on without the caller.
    func credentials() async throws -> Credentials

    /// Tells that the server answered 401 to `credentials`, so that the next call of ``credentials()`` gets fresh ones.
    ///
    /// Does nothing when newer credentials are held already: of a hundred requests refused at once, one refreshes.
    func invalidate(_ credentials: Credentials) async
}
