import KubeModel
import KubeRuntime
import NIOSSL

/// The certificate that a server shows at present. Servers read it at each handshake; ``CertificateKeeper`` sets it.
///
/// Reads are synchronous and cheap.
package final class ServingCertificate: Sendable {
    /// Whose certificate it is, as ``CertificateRequest/name``.
    package let name: String
    private let state = ObservedValue<ServedCertificate?>(nil)
    private let lastFault = ObservedValue<String?>(nil)

    package init(name: String = "tls") { self.name = name }

    /// `nil` while there is none, or none that clients trust.
    package var current: ServedCertificate? { state.value }

    /// What to begin a handshake with; `nil` when there is nothing to show, or it has expired.
    package func context(at now: Timestamp) -> NIOSSLContext? {
        current.flatMap { $0.notAfter > now ? $0.context : nil }
    }

    /// Why it is not to be relied on; `nil` when all is well.
    package func failure(at now: Timestamp) -> String? {
        guard let current else { return fault ?? "there is no certificate yet" }
        guard current.notAfter > now else { return "the certificate expired at \(current.notAfter)" }
        return current.isPublished ? nil : "the certificate's authority is not in every published bundle"
    }

    /// Why what is stored is not taken on; `nil` when it is. What was shown before goes on being shown.
    package var fault: String? { lastFault.value }

    func note(fault: String?) { lastFault.update { $0 = fault } }

    /// Waits until what is shown meets the condition.
    ///
    /// - Returns: `false` when the deadline came first or the task was cancelled.
    func wait(
        until deadline: TimeSource.Instant?,
        time: TimeSource,
        for isMet: @escaping @Sendable (ServedCertificate?) -> Bool
    ) async -> Bool {
        await state.wait(until: deadline, time: time, for: isMet)
    }

    /// Waits until a certificate is shown, or another one than that, or it has another bundle.
    ///
    /// - Parameter known: what was got before.
    /// - Throws: `CancellationError`.
    package func next(after known: ServedCertificate? = nil) async throws -> ServedCertificate {
        let id = known?.certificate.id
        let bundle = known?.bundle
        let isNew: @Sendable (ServedCertificate?) -> Bool = { current in
            current.map { $0.certificate.id != id || $0.bundle != bundle } ?? false
        }
        while await state.wait(until: nil, time: .system, for: isNew) {
            if let current, isNew(current) { return current }
        }
        throw CancellationError()
    }

    /// Shows a certificate from now on.
    package func set(_ certificate: ServedCertificate) { state.update { $0 = certificate } }

    /// Notes the bundle as it is now, and whether the certificate's authority is published.
    ///
    /// - Parameter published: `nil` when that could not be read.
    func update(bundle: CertificateBundle, isPublished: Bool, published: [String]?) {
        state.update { current in
            current?.bundle = bundle
            current?.isPublished = isPublished
            if let published { current?.published = published }
        }
    }
}
