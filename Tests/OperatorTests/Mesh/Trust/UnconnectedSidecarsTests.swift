import JSON
import KubeModel
import KubeRuntime
import Testing
import XDS

@testable import Operator

struct UnconnectedSidecarsTests {
    private let start = TimeSource.system.now

    private func pod(_ name: String, uid: String = "1", _ change: (inout JSONPod) -> Void = { _ in }) throws -> Pod {
        var fields = JSONPod(name: name, uid: uid)
        change(&fields)
        return try fields.pod()
    }

    @Test func whoIsNotConnectedForAMinuteIsTold() throws {
        var sidecars = UnconnectedSidecars()
        let pods = try ["web-2", "web-1", "web-0"].map { (try pod($0, uid: $0), "default") }
        func look(_ seconds: Int, connected: Set<String>) -> [String] {
            let now = start.advanced(by: .seconds(seconds))
            return sidecars.look(at: pods, now: now) { pod, _ in connected.contains(pod.name) }.map(\.pod.name)
        }
        #expect(look(0, connected: ["web-0"]) == [])
        #expect(look(59, connected: ["web-0"]) == [])
        #expect(look(60, connected: ["web-0"]) == ["web-1", "web-2"])
        #expect(look(61, connected: ["web-0", "web-1"]) == ["web-2"])
        // Its time begins anew with each loss.
        #expect(look(100, connected: ["web-0"]) == ["web-2"])
        #expect(look(159, connected: ["web-0"]) == ["web-2"])
        #expect(look(160, connected: ["web-0"]) == ["web-1", "web-2"])
        sidecars.forget()
        #expect(look(161, connected: []) == [])
    }

    /// A pod of a StatefulSet has the name of the one before.
    @Test func anotherPodOfTheNameBeginsAnew() throws {
        var sidecars = UnconnectedSidecars()
        func look(_ uid: String, _ seconds: Int) throws -> Int {
            let now = start.advanced(by: .seconds(seconds))
            return sidecars.look(at: [(try pod("db-0", uid: uid), "default")], now: now) { _, _ in false }.count
        }
        #expect(try look("a", 0) == 0)
        #expect(try look("b", 60) == 0)
        #expect(try look("b", 120) == 1)
    }

    @Test func onlySidecarsThatRunShouldBeConnected() throws {
        #expect(try pod("web").hasRunningSidecar)
        #expect(try pod("native") { $0.isNative = true }.hasRunningSidecar)
        #expect(try !pod("waits") { $0.state = ["waiting": ["reason": "PodInitializing"]] }.hasRunningSidecar)
        #expect(try !pod("ends") { $0.deletion = "2026-11-26T12:00:00Z" }.hasRunningSidecar)
        #expect(try !pod("over") { $0.phase = "Succeeded" }.hasRunningSidecar)
        #expect(try !pod("plain") { $0.annotations = [:] }.hasRunningSidecar)
        #expect(try !pod("nowhere") { $0.address = "" }.hasRunningSidecar)
        // A native sidecar that gets no configuration keeps its pod from starting.
        #expect(try pod("held") { ($0.isNative, $0.phase) = (true, "Pending") }.hasRunningSidecar)
    }

    @Test func replicasTellWhoIsConnectedInFourBytesEach() throws {
        let proxies = (0..<1000).map { ProxyID(mesh: "default", namespace: "shop", name: "web-\($0)") }
        let digests = Set(proxies.map(ConnectedProxies.digest))
        #expect(digests.count == 1000)
        let text = ConnectedProxies.text(digests)
        #expect(text.utf8.count < 5400)
        #expect(ConnectedProxies.digests(text) == digests)
        #expect(ConnectedProxies.digests("") == [])
        for damaged in ["?", "AAA=", "AAAAAAA="] { #expect(ConnectedProxies.digests(damaged) == nil) }
    }

    /// Failures of anybody who reaches the port: bounded in memory and in the log.
    @Test func handshakesThatFailAreToldAtALimitedRate() {
        let failures = HandshakeFailures()
        #expect(failures.note("10.0.0.1", "why", now: start) == .log(unlogged: 0))
        for index in 0..<10_000 {
            #expect(failures.note("10.1.\(index / 256).\(index % 256)", "why", now: start) == .nothing)
        }
        #expect(failures.reason("10.0.0.1", now: start.advanced(by: .seconds(119))) == "why")
        #expect(failures.reason("10.0.0.1", now: start.advanced(by: .seconds(120))) == nil)
        #expect(failures.reason("10.1.39.15", now: start) == nil)
        let later = start.advanced(by: .seconds(120))
        #expect(failures.note("10.1.39.15", "why", now: later) == .log(unlogged: 10_000))
        #expect(failures.reason("10.1.39.15", now: later) == "why")
    }

    @Test func aClientIsKnownByItsAddressWhateverTheSocketIs() {
        #expect(HandshakeFailures.plain("::ffff:10.0.0.1") == "10.0.0.1")
        #expect(HandshakeFailures.plain("10.0.0.1") == "10.0.0.1")
        #expect(HandshakeFailures.plain("fd00::1") == "fd00::1")
    }

    @Test(
        arguments: [
            ("sslError([Error: 268436504 error:10000418:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA])", true),
            ("error:10000416:SSL routines:OPENSSL_internal:SSLV3_ALERT_CERTIFICATE_UNKNOWN", true),
            ("uncleanShutdown", nil), ("error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER", nil),
            ("error:1000042E:SSL routines:OPENSSL_internal:TLSV1_ALERT_PROTOCOL_VERSION", false),
        ] as [(String, Bool?)]
    )
    func anAlertSaysWhy(error: String, isDistrust: Bool?) {
        struct Failure: Error, CustomStringConvertible { var description: String }
        let reason = HandshakeFailures.reason(Failure(description: error))
        #expect(reason.map { $0.hasPrefix("it does not trust") } == isDistrust)
    }
}
