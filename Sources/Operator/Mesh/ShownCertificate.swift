import KubeAdmission
import Synchronization
import XDS

/// The certificate of the xDS server in the form that it takes, made once for each.
final class ShownCertificate: Sendable {
    private struct Known {
        var id: AuthorityID
        var certificate: ServerCertificate
    }

    private let serving: ServingCertificate
    private let known = Mutex<Known?>(nil)

    init(_ serving: ServingCertificate) { self.serving = serving }

    /// - Throws: ``AdmissionError`` as long as there is none.
    func current() throws -> ServerCertificate {
        guard let served = serving.current else {
            throw AdmissionError(.certificate, "there is no certificate for the xDS server yet")
        }
        return try known.withLock { known in
            if let known, known.id == served.certificate.id { return known.certificate }
            let certificate = try ServerCertificate(
                chainPEM: Array(served.certificate.chainPEM.utf8),
                keyPEM: Array(served.certificate.keyPEM.utf8)
            )
            known = Known(id: served.certificate.id, certificate: certificate)
            return certificate
        }
    }
}
