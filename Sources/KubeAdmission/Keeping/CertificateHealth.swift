import KubeRuntime

/// Tells whether a certificate is fit to be shown, for servers that do not tell themselves.
package struct CertificateHealth: HealthSource {
    private let name: String
    private let certificate: ServingCertificate
    private let time: TimeSource

    package init(name: String, certificate: ServingCertificate, time: TimeSource = .system) {
        self.name = name
        self.certificate = certificate
        self.time = time
    }

    package func healthChecks() -> [HealthCheck] {
        let failure = certificate.failure(at: time.wall.timestamp)
        return [
            HealthCheck(
                name: name,
                state: failure == nil ? "ok" : "failed",
                reason: failure ?? certificate.fault ?? "",
                passes: failure == nil
            )
        ]
    }
}
