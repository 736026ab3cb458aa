/// A place where clients are told whom to trust.
package protocol BundlePublisher: Sendable {
    /// What errors and logs call it.
    var description: String { get }

    /// Reads what is published now; empty when there is nobody to publish for.
    func read() async throws -> [PublishedBundle]

    /// Publishes, unless somebody else wrote since `old` was read.
    ///
    /// - Returns: whether it was published; `false` to read again.
    func publish(_ bundle: CertificateBundle, replacing old: PublishedBundle) async throws -> Bool
}

/// One bundle as it is published.
package struct PublishedBundle: Sendable {
    /// Where, among the places of its publisher.
    package var place: String
    /// The version of the place when it was read.
    package var version: String
    /// The bundle's texts; several when one place has it several times. `nil` where there is none.
    package var texts: [String?]
    /// Whether somebody else, such as cert-manager, publishes there: it is read and never written.
    package var isKeptByOthers: Bool

    package init(place: String, version: String, texts: [String?], isKeptByOthers: Bool = false) {
        self.place = place
        self.version = version
        self.texts = texts
        self.isKeptByOthers = isKeptByOthers
    }

    /// The bundles that can be read; one that cannot is empty, and so will be replaced.
    var bundles: [CertificateBundle] {
        texts.map { text in
            guard let text, !text.isEmpty else { return CertificateBundle([]) }
            do {
                return try CertificateBundle(pem: text, field: "the bundle of \(place)")
            } catch {
                return CertificateBundle([])
            }
        }
    }
}
