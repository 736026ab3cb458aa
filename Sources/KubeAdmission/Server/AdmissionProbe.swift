import KubeModel
import KubeRuntime
import KubeTransport
import Logging
import ServiceLifecycle

/// Asks an ``AdmissionServer`` as an API server does: over TLS, trusting nobody but those in the published bundles, for the name that the
/// server is registered under.
///
/// It finds out what no look at a certificate does: that the very bundle which API servers verify by leads to what the server shows.
package final class AdmissionProbe: Service {
    private enum Outcome: Sendable {
        case pending
        case answered
        case failed(String)
    }

    private let port: @Sendable () async throws -> Int
    private let certificate: ServingCertificate
    private let host: String
    private let serverName: String
    private let interval: Duration
    private let time: TimeSource
    private let logger: Logger
    private let outcome = ObservedValue(Outcome.pending)

    /// - Parameters:
    ///   - address: where the server listens.
    ///   - serverName: the name, or address, that clients ask for.
    ///   - interval: between two questions; a certificate or bundle that changes is asked about at once.
    package convenience init(
        _ server: AdmissionServer,
        at address: ListenAddress,
        certificate: ServingCertificate,
        serverName: String,
        interval: Duration = .seconds(10),
        time: TimeSource = .system,
        logger: Logger
    ) {
        self.init(
            at: address,
            port: { try await server.boundPort() },
            certificate: certificate,
            serverName: serverName,
            interval: interval,
            time: time,
            logger: logger
        )
    }

    /// - Parameter port: waits until the server listens.
    init(
        at address: ListenAddress,
        port: @escaping @Sendable () async throws -> Int,
        certificate: ServingCertificate,
        serverName: String,
        interval: Duration,
        time: TimeSource = .system,
        logger: Logger
    ) {
        self.port = port
        self.certificate = certificate
        host = Self.loopback(for: address.host)
        self.serverName = serverName
        self.interval = interval
        self.time = time
        self.logger = logger
    }

    /// Whoever listens on all addresses is reached by this one.
    private static func loopback(for host: String) -> String {
        switch host {
        case "", "0.0.0.0": "127.0.0.1"
        case "::", "[::]": "[::1]"
        default: host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        }
    }

    /// Asks until a graceful shutdown or the task's cancellation.
    package func run() async throws {
        var configuration = TransportConfiguration()
        // A session that is taken up again is not verified again, which is what this is about.
        configuration.resumesTLSSessions = false
        let transport = try Transport(configuration: configuration)
        await cancelWhenGracefulShutdown { await self.ask(over: transport) }
        await transport.shutdown()
    }

    private func ask(over transport: Transport) async {
        do {
            let port = try await self.port()
            var served = try await certificate.next()
            while !Task.isCancelled {
                note(await question(served, port, transport))
                let (id, bundles) = (served.certificate.id, served.published)
                _ = await certificate.wait(until: time.now.advanced(by: interval), time: time) { current in
                    current?.certificate.id != id || current?.published != bundles
                }
                if let current = certificate.current { served = current }
            }
        } catch {
            // The server has ended, or the task was cancelled.
        }
    }

    /// - Returns: what is wrong; `nil` for an answer.
    private func question(_ served: ServedCertificate, _ port: Int, _ transport: Transport) async -> String? {
        for bundle in Set(served.published) {
            var tls = TLSConfiguration(certificateAuthorities: Array(bundle.utf8))
            tls.serverName = serverName
            // Any answer will do. That of a path that nobody has ends the connection, so that each question shakes hands anew.
            let request = HTTPRequest(method: "GET", path: "/probe", timeout: .seconds(5))
            let endpoint = TransportEndpoint(baseURL: "https://\(host):\(port)", tls: tls)
            do {
                _ = try await transport.perform(request, on: endpoint)
            } catch {
                return "\(error)"
            }
        }
        return served.published.isEmpty ? "no bundle is published" : nil
    }

    private func note(_ failure: String?) {
        guard !Task.isCancelled else { return }
        let isNew: Bool = outcome.update { outcome in
            let before = outcome
            outcome = failure.map { .failed($0) } ?? .answered
            switch (before, failure) {
            case (.failed(let old), let new?): return old != new
            case (.failed, nil), (_, _?): return true
            default: return false
            }
        }
        guard isNew else { return }
        if let failure {
            logger.warning("webhooks cannot be asked as API servers ask them", metadata: ["reason": "\(failure)"])
        } else {
            logger.notice("webhooks can be asked as API servers ask them again")
        }
    }
}

extension AdmissionProbe: HealthSource {
    /// Passes while the last question was answered.
    package func healthChecks() -> [HealthCheck] {
        let failure: String? =
            switch outcome.value {
            case .pending: "not asked yet"
            case .answered: nil
            case .failed(let reason): "asked as \(serverName) through the published bundle: \(reason)"
            }
        return [
            HealthCheck(
                name: "webhook-probe",
                state: failure == nil ? "ok" : "failed",
                reason: failure ?? "",
                passes: failure == nil
            )
        ]
    }
}
