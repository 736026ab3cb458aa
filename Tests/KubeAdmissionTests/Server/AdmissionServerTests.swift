import JSON
import KubeAdmission
import KubeModel
import KubeRuntime
import KubeTransport
import NIOCore
import NIOPosix
import ServiceLifecycle
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct AdmissionServerTests {
    private static let request = CertificateRequest(dnsNames: ["webhook"], ipAddresses: ["127.0.0.1"])

    private let certificate = ServingCertificate()
    private let now = TimeSource.system.wall.timestamp

    private func authority() throws -> CertificateAuthority {
        try CertificateAuthority(named: "test", now: now, validity: .seconds(86400))
    }

    private func show(_ authority: CertificateAuthority, isPublished: Bool = true, for validity: Int = 3600) throws {
        let issued = try authority.issue(Self.request, now: now, validity: .seconds(validity))
        certificate.set(
            try ServedCertificate(issued, bundle: CertificateBundle([authority]), isPublished: isPublished)
        )
    }

    private func server(
        limits: AdmissionServer.Limits = .init(),
        _ handler: @escaping AdmissionHandler = { request in .allowed(warnings: [request.uid]) }
    ) throws -> AdmissionServer {
        AdmissionServer(
            address: try ListenAddress(parsing: "127.0.0.1:0"),
            endpoints: AdmissionEndpoints(
                handlers: ["/admit": handler],
                metrics: PrometheusRegistry(),
                logger: Reviews.quiet
            ),
            certificate: certificate,
            limits: limits,
            logger: Reviews.quiet
        )
    }

    private func serving(_ server: AdmissionServer, _ body: (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = try await server.boundPort()
            try await body(port)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test func `reviews are answered over TLS`() async throws {
        let authority = try authority()
        try show(authority)
        let server = try server()
        try await serving(server) { port in
            #expect(server.healthChecks().first?.passes == true)
            try await TLSClient.with(port: port, CertificateBundle([authority])) { client in
                for _ in 0..<3 {
                    let response = try await client.post("/admit?timeout=5s", Reviews.review())
                    #expect(response.status == 200)
                    let review = try JSONValue(parsing: response.body)
                    #expect(review[path: "response", "uid"] == "705ab4f5-6393-11e8-b7cc-42010a800002")
                }
                #expect(try await client.post("/admit", Array("{}".utf8)).status == 400)
                #expect(try await client.post("/other", Reviews.review()).status == 404)
                let large = try await client.post("/admit", Array(repeating: 0x20, count: 8 << 20))
                #expect(large.status == 413)
                #expect(try await client.post("/admit", Reviews.review()).status == 200)
            }
        }
        #expect(server.healthChecks().first?.passes == false)
    }

    @Test func `without a certificate it is up, not ready, and shakes no hands`() async throws {
        let authority = try authority()
        let server = try server()
        try await serving(server) { port in
            #expect(server.healthChecks().map(\.reason) == ["there is no certificate yet"])
            try await TLSClient.with(port: port, CertificateBundle([authority])) { client in
                await #expect(throws: TransportError.self) { try await client.post("/admit", Reviews.review()) }
                // An expired one is not shown either.
                try show(authority, for: -1)
                #expect(server.healthChecks().first?.reason.hasPrefix("the certificate expired") == true)
                await #expect(throws: TransportError.self) { try await client.post("/admit", Reviews.review()) }
                try show(authority, isPublished: false)
                #expect(server.healthChecks().first?.passes == false)
                #expect(try await client.post("/admit", Reviews.review()).status == 200)
            }
        }
    }

    @Test func `a swapped certificate is shown to new connections, and the old ones go on`() async throws {
        let (first, second) = (try authority(), try authority())
        try show(first)
        try await serving(try server()) { port in
            try await TLSClient.with(port: port, CertificateBundle([first])) { old in
                #expect(try await old.post("/admit", Reviews.review()).status == 200)
                try show(second)
                // The connection that is open; a new one would be refused, as the next client shows.
                #expect(try await old.post("/admit", Reviews.review()).status == 200)
                try await TLSClient.with(port: port, CertificateBundle([second])) { new in
                    let response = try await new.post("/admit", Reviews.review())
                    #expect(response.status == 200)
                }
                try await TLSClient.with(port: port, CertificateBundle([first])) { distrustful in
                    await #expect(throws: TransportError.self) {
                        _ = try await distrustful.post("/admit", Reviews.review())
                    }
                }
            }
        }
    }

    @Test func `a graceful shutdown answers what is under way`() async throws {
        let authority = try authority()
        try show(authority)
        let isOpen = ObservedValue(false)
        let isRunning = ObservedValue(false)
        let server = try server { _ in
            isRunning.update { $0 = true }
            _ = await isOpen.wait(until: nil, time: .system) { $0 }
            return .denied("late")
        }
        let group = ServiceGroup(services: [server], logger: Reviews.quiet)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try await server.boundPort()
            tasks.addTask {
                try await TLSClient.with(port: port, CertificateBundle([authority])) { client in
                    let response = try await client.post("/admit", Reviews.review())
                    #expect(response.status == 200)
                    #expect(try JSONValue(parsing: response.body)[path: "response", "status", "message"] == "late")
                    await #expect(throws: TransportError.self) { try await client.post("/admit", Reviews.review()) }
                }
            }
            #expect(await isRunning.wait(until: nil, time: .system) { $0 })
            await group.triggerGracefulShutdown()
            // The server has been told, and with it the connections that are open.
            #expect(
                await eventually {
                    do {
                        _ = try RawConnection(to: port)
                        return false
                    } catch {
                        return true
                    }
                }
            )
            isOpen.update { $0 = true }
            try await tasks.waitForAll()
        }
        let again = await #expect(throws: AdmissionError.self) { try await server.run() }
        #expect(again?.code == .ended)
    }

    /// Each text is sent on a connection of its own, which the server must close by itself.
    @Test(arguments: [
        "", "GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}\u{0}\u{0}", String(repeating: "x", count: 100_000),
    ])
    func `those who say nothing, or no TLS, are closed and hold nobody up`(text: String) async throws {
        let authority = try authority()
        try show(authority)
        var limits = AdmissionServer.Limits()
        limits.firstRequestTimeout = .milliseconds(200)
        limits.connections = 2
        try await serving(try server(limits: limits)) { port in
            for _ in 0..<4 {
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connect(host: "127.0.0.1", port: port).get()
                channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
                // A reset is an end as well.
                do { try await channel.closeFuture.get() } catch {}
            }
            try await TLSClient.with(port: port, CertificateBundle([authority])) { client in
                let response = try await client.post("/admit", Reviews.review())
                #expect(response.status == 200)
            }
        }
    }
}
