/// Credentials that never change.
package struct StaticCredentialSource: CredentialSource {
    private let value: Credentials

    package init(_ credentials: Credentials) {
        self.value = credentials
    }

    package func credentials() async throws -> Credentials { value }

    /// Does nothing: there is nowhere to get others from.
    package func invalidate(_ credentials: Credentials) async {}
}
