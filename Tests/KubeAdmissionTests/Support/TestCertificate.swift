import KubeAdmission
import KubeRuntime

/// A certificate for this machine, and whom to trust for it.
enum TestCertificate {
    static let name = "webhook"

    static func shown() throws -> (certificate: ServingCertificate, bundle: CertificateBundle) {
        let now = TimeSource.system.wall.timestamp
        let authority = try CertificateAuthority(named: "test", now: now, validity: .seconds(86400))
        let request = CertificateRequest(dnsNames: [name], ipAddresses: ["127.0.0.1"])
        let issued = try authority.issue(request, now: now, validity: .seconds(3600))
        let bundle = CertificateBundle([authority])
        let certificate = ServingCertificate()
        certificate.set(try ServedCertificate(issued, bundle: bundle, isPublished: true))
        return (certificate, bundle)
    }
}
