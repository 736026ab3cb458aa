import JSON

/// Where the replicas of a server share their certificates.
package protocol CertificateStorage: Sendable {
    /// What errors and logs call it.
    var description: String { get }

    /// Reads what is there now.
    func read() async throws -> StoredCertificates

    /// Writes, unless somebody else has since `old` was read.
    ///
    /// - Returns: whether it was written.
    func write(_ data: [String: JSONValue], replacing old: StoredCertificates) async throws -> Bool
}

/// What was read of a ``CertificateStorage``.
package struct StoredCertificates: Sendable {
    /// The whole object, with its version; `nil` when there is none.
    package var object: JSONValue?
    /// Labels and annotations for an object that is to be created in place of one that was deleted.
    package var formerMetadata: JSONValue?

    package init(object: JSONValue?, formerMetadata: JSONValue? = nil) {
        self.object = object
        self.formerMetadata = formerMetadata
    }

    package var data: JSONValue? { object?["data"] }
}
