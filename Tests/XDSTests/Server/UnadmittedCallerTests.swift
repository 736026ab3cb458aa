import EnvoyAPI
import KubeRuntime
import NIOCore
import NIOHPACK
import PollingSupport
import Synchronization
import Testing

@testable import XDS

/// What those can do to the server of whom nobody knows yet who they are: on real sockets, from several addresses of loopback.
struct UnadmittedCallerTests {
    /// An authenticator that decides when it is told to, and counts whom it is asked about.
    private final class Judge: Sendable {
        let asked = ObservedValue<[String]>([])
        let isOpen = ObservedValue(false)

        var authenticator: StreamAuthenticator {
            StreamAuthenticator { [self] credentials in
                asked.update { $0.append(credentials.peer) }
                // Those of the one honest address are known at once.
                if credentials.peer == "127.0.0.1" { return .trusted }
                _ = await isOpen.wait(until: nil, time: .system) { $0 }
                return .trusted
            }
        }

        func count(_ address: String) -> Int { asked.value.count { $0 == address } }
    }

    private static let attacker = "127.0.0.2"

    private func greeting(_ number: Int = 0) -> DeltaRequest {
        var request = DeltaRequest(typeURL: ResourceType.cluster.typeURL)
        request.node = DeltaRequest.Node(id: proxy(number).description)
        return request
    }

    private func expectServed(_ mesh: TestMesh, _ number: Int = 0) async throws {
        let call = try await RawCall.open(mesh.port)
        try await call.send(greeting(number))
        try await eventually("an honest proxy is served") { mesh.hub.connected.contains(proxy(number)) }
        call.close()
    }

    @Test func nothingOfTheBodyIsReadBeforeTheCallerIsAdmitted() async throws {
        let judge = Judge()
        try await TestMesh.serving(authenticator: judge.authenticator) { mesh in
            let call = try await RawCall.open(mesh.port, from: Self.attacker)
            try await eventually("it is asked about") { judge.count(Self.attacker) == 1 }
            // The head of a message that is allowed, and more of it than the first window of the stream holds.
            var bytes = ByteBuffer(bytes: [0, 0, 16, 0, 0])
            bytes.writeRepeatingByte(0, count: 256 << 10)
            let message = bytes
            let isSent = ObservedValue(false)
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask {
                    do { try await call.send(message) } catch {}
                    isSent.update { $0 = true }
                }
                try await always("the body is held back", for: .seconds(1)) { !isSent.value }
                judge.isOpen.update { $0 = true }
                try await eventually("the body is read") { isSent.value }
            }
            call.close()
        }
    }

    @Test func streamsAreLimitedAlsoForAClientThatDoesNotAcknowledgeTheSettings() async throws {
        let judge = Judge()
        var options = XDSServerOptions()
        options.admissionsPerAddress = 100
        options.admissions = 100
        options.refusalsPerConnection = 50
        try await TestMesh.serving(options: options, authenticator: judge.authenticator) { mesh in
            let seen = ObservedValue(RawFrames())
            let connection = try await RawCall.connect(mesh.port, from: Self.attacker, reader: seen)
            var encoder = HPACKEncoder(allocator: ByteBufferAllocator())
            var bytes = RawFrames.preface
            for number in 0..<40 {
                bytes += try RawFrames.headers(stream: UInt32(2 * number + 1), &encoder)
            }
            try await connection.writeAndFlush(ByteBuffer(bytes: bytes))
            try await eventually("the rest is reset") { seen.value.counts[RawFrames.reset] == 38 }
            #expect(judge.count(Self.attacker) == 2)
            #expect(!seen.value.isClosed)
            connection.close(promise: nil)
        }
    }

    @Test func whoIsRefusedAgainAndAgainLosesTheConnection() async throws {
        let judge = Judge()
        try await TestMesh.serving(authenticator: judge.authenticator) { mesh in
            let seen = ObservedValue(RawFrames())
            let connection = try await RawCall.connect(mesh.port, from: Self.attacker, reader: seen)
            var encoder = HPACKEncoder(allocator: ByteBufferAllocator())
            var bytes = RawFrames.preface
            for number in 0..<40 {
                bytes += try RawFrames.headers(stream: UInt32(2 * number + 1), &encoder)
            }
            try await connection.writeAndFlush(ByteBuffer(bytes: bytes))
            try await eventually("it is closed") { seen.value.isClosed }
            #expect(seen.value.counts[RawFrames.goAway] == 1)
            #expect(mesh.registry.text().contains("swiftlet_xds_closed_connections_total{reason=\"refusals\"} 1"))
        }
    }

    @Test func manyFramesAreTooManyHoweverSmallTheyAre() async throws {
        let judge = Judge()
        try await TestMesh.serving(authenticator: judge.authenticator) { mesh in
            let seen = ObservedValue(RawFrames())
            let connection = try await RawCall.connect(mesh.port, from: Self.attacker, reader: seen)
            var encoder = HPACKEncoder(allocator: ByteBufferAllocator())
            var bytes = RawFrames.preface
            bytes += try RawFrames.headers(stream: 1, &encoder)
            for _ in 0..<2000 { bytes += RawFrames.frame(0, stream: 1, [0]) }
            try await connection.writeAndFlush(ByteBuffer(bytes: bytes))
            try await eventually("it is closed") { seen.value.isClosed }
            #expect(mesh.registry.text().contains("swiftlet_xds_closed_connections_total{reason=\"bytes\"} 1"))
            try await self.expectServed(mesh)
        }
    }

    @Test func allThatAreNotAdmittedShareOneBudgetOfBytes() async throws {
        let judge = Judge()
        var options = XDSServerOptions()
        options.unadmittedBytes = 100_000
        try await TestMesh.serving(options: options, authenticator: judge.authenticator) { mesh in
            var calls: [RawCall] = []
            for _ in 0..<4 {
                let call = try await RawCall.open(mesh.port, from: Self.attacker)
                calls.append(call)
                var bytes = ByteBuffer(bytes: [0, 0, 16, 0, 0])
                bytes.writeRepeatingByte(0, count: 40_000)
                do { try await call.send(bytes) } catch {}
            }
            let closed = { [calls] in calls.count { $0.seen.value.isClosed } }
            try await eventually("there is room for two of them") { closed() == 2 }
            #expect(mesh.registry.text().contains("swiftlet_xds_closed_connections_total{reason=\"bytes\"} 2"))
            // One from elsewhere, with less than the attacker has.
            try await self.expectServed(mesh)
            #expect(closed() == 2)
            for call in calls { call.close() }
        }
    }

    @Test func connectionsOfOneAddressAreLimitedAndTheOldestOnesGo() async throws {
        let judge = Judge()
        var options = XDSServerOptions()
        options.unadmittedConnectionsPerAddress = 3
        try await TestMesh.serving(options: options, authenticator: judge.authenticator) { mesh in
            // Admitted ones do not count.
            let honest = try await RawCall.open(mesh.port)
            try await honest.send(self.greeting(1))
            try await eventually("it is admitted") { mesh.hub.connected == [proxy(1)] }
            let seen = (0..<5).map { _ in ObservedValue(RawFrames()) }
            var connections: [any Channel] = []
            for reader in seen { connections.append(try await RawCall.connect(mesh.port, reader: reader)) }
            try await eventually("two are closed") { seen.count { $0.value.isClosed } == 2 }
            // Behind the same address somebody gets through nevertheless.
            try await self.expectServed(mesh, 2)
            #expect(!honest.seen.value.isClosed)
            for connection in connections { connection.close(promise: nil) }
            honest.close()
        }
    }

    @Test func silentConnectionsKeepNobodyOutWhoComesFromElsewhere() async throws {
        let judge = Judge()
        var options = XDSServerOptions()
        options.unadmittedConnections = 8
        try await TestMesh.serving(options: options, authenticator: judge.authenticator) { mesh in
            var connections: [any Channel] = []
            for _ in 0..<20 {
                connections.append(try await RawCall.connect(mesh.port, from: Self.attacker))
            }
            try await self.expectServed(mesh)
            for connection in connections { connection.close(promise: nil) }
        }
    }

    @Test func whoIsNotAdmittedInTimeIsToldSo() async throws {
        let judge = Judge()
        var options = XDSServerOptions()
        options.admissions = 1
        options.admissionDeadline = .seconds(1)
        try await TestMesh.serving(options: options, authenticator: judge.authenticator) { mesh in
            // The first is looked at, the second waits for its turn.
            let calls = [
                try await RawCall.open(mesh.port, from: Self.attacker),
                try await RawCall.open(mesh.port, from: Self.attacker),
            ]
            // The connection may be closed before the stream is told.
            for call in calls { #expect([nil, "4"].contains(await call.status())) }
            judge.isOpen.update { $0 = true }
        }
    }

    @Test func aCallerThatHungUpIsNotLookedAt() async throws {
        let judge = Judge()
        var options = XDSServerOptions()
        options.admissionsPerAddress = 1
        try await TestMesh.serving(options: options, authenticator: judge.authenticator) { mesh in
            let first = try await RawCall.open(mesh.port, from: Self.attacker)
            try await eventually("the first is looked at") { judge.count(Self.attacker) == 1 }
            for _ in 0..<20 {
                let call = try await RawCall.open(mesh.port, from: Self.attacker)
                try await call.connection.close().get()
            }
            let last = try await RawCall.open(mesh.port, from: Self.attacker)
            judge.isOpen.update { $0 = true }
            try await last.send(self.greeting())
            try await eventually("the last is served") { mesh.hub.connected == [proxy(0)] }
            // Those whose end the server has not seen by then may have been looked at.
            #expect(judge.count(Self.attacker) < 22)
            first.close()
            last.close()
        }
    }

    @Test func oneAddressDoesNotHoldAllPlaces() async throws {
        let judge = Judge()
        var options = XDSServerOptions()
        options.admissions = 8
        options.admissionsPerAddress = 2
        try await TestMesh.serving(options: options, authenticator: judge.authenticator) { mesh in
            var calls: [RawCall] = []
            for _ in 0..<12 { calls.append(try await RawCall.open(mesh.port, from: Self.attacker)) }
            try await eventually("it is asked about") { judge.count(Self.attacker) == 2 }
            for number in 0..<5 { try await self.expectServed(mesh, number) }
            #expect(judge.count(Self.attacker) == 2)
            for call in calls { call.close() }
        }
    }

    @Test func waitingForAPodTakesNoPlace() async throws {
        let isSeen = ObservedValue(false)
        let waiting = ObservedValue(0)
        var options = XDSServerOptions()
        options.admissions = 1
        options.admissionsPerAddress = 1
        let authenticator = StreamAuthenticator { credentials in
            guard credentials.peer != "127.0.0.1" else { return .trusted }
            return .pending {
                waiting.update { $0 += 1 }
                _ = await isSeen.wait(until: nil, time: .system) { $0 }
                return .trusted
            }
        }
        try await TestMesh.serving(options: options, authenticator: authenticator) { mesh in
            var calls: [RawCall] = []
            for _ in 0..<5 { calls.append(try await RawCall.open(mesh.port, from: Self.attacker)) }
            try await eventually("all wait for their pods") { waiting.value == 5 }
            try await self.expectServed(mesh, 7)
            isSeen.update { $0 = true }
            for (number, call) in calls.enumerated() { try await call.send(self.greeting(number)) }
            try await eventually("all are served") { mesh.hub.connected.count == 5 }
            for call in calls { call.close() }
        }
    }

    @Test func refusalsAreLoggedAtALimitedRate() async throws {
        let authenticator = StreamAuthenticator { _ in .unauthenticated(String(repeating: "no ", count: 10_000)) }
        try await TestMesh.serving(authenticator: authenticator) { mesh in
            for _ in 0..<40 {
                let call = try await RawCall.open(mesh.port)
                #expect(await call.status() == "16")
                call.close()
            }
            let lines = mesh.log.lines.filter { $0.contains("stream refused") }
            #expect(lines.count < 20)
            #expect(lines.allSatisfy { $0.utf8.count < 1000 })
        }
    }
}
