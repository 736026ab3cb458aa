import Dispatch
import Glibc
import KubeAdmission
import KubeClient
import KubeModel
import KubeTransport
import Logging
import ServiceLifecycle
import TestSupport
import Testing

@testable import KubeRuntime

/// What those can do to API servers, and to the rest of the operator, who reach the port.
@Suite(.timeLimit(.minutes(5))) struct AdmissionServerCrowdTests {
    private struct Served {
        let port: Int
        let bundle: CertificateBundle
        let certificate: ServingCertificate
        let server: AdmissionServer
    }

    private func serving(
        limits: AdmissionServer.Limits = .init(),
        executor: WorkerExecutor = WorkerExecutor(threads: 2),
        _ handler: @escaping AdmissionHandler = { _ in .allowed() },
        _ body: (Served) async throws -> Void
    ) async throws {
        let (certificate, bundle) = try TestCertificate.shown()
        let server = AdmissionServer(
            address: try ListenAddress(parsing: "127.0.0.1:0"),
            endpoints: AdmissionEndpoints(
                handlers: ["/admit": handler],
                executor: executor,
                metrics: PrometheusRegistry(),
                logger: Reviews.quiet
            ),
            certificate: certificate,
            limits: limits,
            logger: Reviews.quiet
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = try await server.boundPort()
            try await body(Served(port: port, bundle: bundle, certificate: certificate, server: server))
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// As many as there are places, and more, from one address and from many.
    @Test(arguments: [1, 100])
    func `silent connections keep neither API servers nor the probe out`(addresses: Int) async throws {
        try await serving { served in
            let crowd = try (0..<300).map { try RawConnection(to: served.port, from: "127.0.3.\(1 + $0 % addresses)") }
            let probe = AdmissionProbe(
                served.server,
                at: try ListenAddress(parsing: "127.0.0.1:0"),
                certificate: served.certificate,
                serverName: TestCertificate.name,
                interval: .milliseconds(100),
                logger: Reviews.quiet
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await probe.run() }
                #expect(await eventually { probe.healthChecks().allSatisfy(\.passes) })
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {}
            }
            try await TLSClient.with(port: served.port, served.bundle) { client in
                let response = try await client.post("/admit", Reviews.review())
                #expect(response.status == 200)
            }
            // Nobody has waited for them to give up by themselves.
            #expect(await eventually { crowd.filter { !$0.isClosed }.count <= (addresses == 1 ? 128 : 256) })
        }
    }

    /// A connection of this very machine has a place of its own, also when all others are being answered.
    @Test func `the probe has a place while every other is taken`() async throws {
        var limits = AdmissionServer.Limits()
        limits.connections = 1
        let gate = DispatchSemaphore(value: 0)
        let begun = Locked(false)
        try await serving(limits: limits) { _ in
            begun.change { $0 = true }
            gate.wait()
            return .allowed()
        } _: { served in
            try await withThrowingTaskGroup(of: Void.self) { group in
                // From another address, through a relay.
                let relay = try Relay(to: served.port, from: "127.0.4.1")
                group.addTask {
                    try await TLSClient.with(port: relay.port, served.bundle) { client in
                        let response = try await client.post("/admit", Reviews.review())
                        #expect(response.status == 200)
                    }
                }
                #expect(await eventually { begun.value })
                let stranger = try RawConnection(to: served.port, from: "127.0.4.2")
                #expect(await eventually { stranger.isClosed })
                try await TLSClient.with(port: served.port, served.bundle) { client in
                    let response = try await client.post("/other", Reviews.review())
                    #expect(response.status == 404)
                }
                gate.signal()
                try await group.waitForAll()
                relay.stop()
            }
        }
    }

    @Test func `work ends when nobody waits for its answer`() async throws {
        let (begun, ended) = (Locked(false), Locked(false))
        try await serving { _ in
            begun.change { $0 = true }
            // As work does that looks after each step whether it is still wanted.
            while !Task.isCancelled { await Task.yield() }
            ended.change { $0 = true }
            throw CancellationError()
        } _: { served in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await TLSClient.with(port: served.port, served.bundle) { client in
                        await #expect(throws: TransportError.self) { try await client.post("/admit", Reviews.review()) }
                    }
                }
                #expect(await eventually { begun.value })
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(await eventually(within: .seconds(5)) { ended.value })
        }
    }

    /// In a process of its own, to which a signal can be sent.
    @Test func `reviews that take every worker delay neither health, nor the lease, nor the end`() async {
        await #expect(processExitsWith: .success) { try await BusyWorkers.check() }
    }
}

/// An operator whose workers are all busy with reviews.
private enum BusyWorkers {
    /// A lease that nobody else wants.
    final class Lease: LeaseStorage {
        let description = "Lease in memory"
        private let state = Locked<LeaseState?>(nil)

        var current: LeaseState? { state.value }

        func read() async throws(KubeError) -> LeaseState? { state.value }

        func write(_ record: LeaseRecord, replacing base: LeaseState?) async throws(KubeError) -> LeaseState {
            state.change { state in
                let lease = LeaseState(
                    record: record,
                    version: ResourceVersion((state?.version.number ?? 0) + 1)
                )
                state = lease
                return lease
            }
        }
    }

    /// - Throws: or ends the process with a failure when something waits for the workers.
    static func check() async throws {
        let lease = Lease()
        let elector = LeaseElector(
            identity: "we",
            storage: lease,
            times: ElectionTimes(
                leaseDuration: .seconds(60),
                renewDeadline: .seconds(40),
                retryPeriod: .milliseconds(20)
            ),
            fence: WriteFence(),
            logger: Reviews.quiet
        )
        let health = HealthServer(
            address: try ListenAddress(parsing: "127.0.0.1:0"),
            endpoints: HealthEndpoints(readiness: [elector]),
            logger: Reviews.quiet
        )
        let gate = DispatchSemaphore(value: 0)
        let busy = Locked(0)
        let (certificate, bundle) = try TestCertificate.shown()
        let server = AdmissionServer(
            address: try ListenAddress(parsing: "127.0.0.1:0"),
            endpoints: AdmissionEndpoints(
                handlers: [
                    "/admit": { _ in
                        busy.change { $0 += 1 }
                        gate.wait()
                        return .allowed()
                    }
                ],
                executor: WorkerExecutor(threads: 2),
                metrics: PrometheusRegistry(),
                logger: Reviews.quiet
            ),
            certificate: certificate,
            logger: Reviews.quiet
        )
        var running = RuntimeGroup(logger: Reviews.quiet)
        running.add(server: health)
        running.add(server: server)
        running.elector = elector
        try await withThrowingTaskGroup(of: Void.self) { [running] group in
            group.addTask { try await running.run() }
            let (port, webhooks) = (try await health.boundPort(), try await server.boundPort())
            for _ in 0..<8 {
                group.addTask {
                    try await TLSClient.with(port: webhooks, bundle) { client in
                        guard try await client.post("/admit", Reviews.review()).status == 200 else { exit(2) }
                    }
                }
            }
            try await until { busy.value == 2 && elector.leadership.isLeading }
            let before = lease.current?.version.number ?? 0
            try await until { (lease.current?.version.number ?? 0) >= before + 5 }
            let probe = try RawConnection(to: port)
            probe.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
            guard probe.receive().hasPrefix("HTTP/1.1 200") else { exit(3) }
            kill(getpid(), SIGTERM)
            // Given back while the reviews are still being worked on.
            try await until { lease.current?.record.holder.isEmpty == true }
            guard busy.value == 2 else { exit(4) }
            for _ in 0..<8 { gate.signal() }
            try await group.waitForAll()
        }
        exit(0)
    }

    private static func until(_ isSo: () -> Bool) async throws {
        while !isSo() { try await Task.sleep(for: .milliseconds(5)) }
    }
}
