import Glibc
import KubeTransport
import Synchronization
import TestSupport
import Testing

@Suite struct SendGateTests {
    private static func gated(_ gate: SendGate, body: Int = 10) -> HTTPRequest {
        HTTPRequest(method: "PATCH", path: "/write", body: Array(repeating: 0x41, count: body), gate: gate)
    }

    @Test func aGateOnlyMovesForwardAndStaysClosed() {
        let gate = SendGate(until: .now + .seconds(60))
        #expect(gate.isOpen)
        gate.extend(until: .now - .seconds(1))
        #expect(gate.isOpen, "an earlier end changes nothing")
        gate.close()
        gate.extend(until: .now + .seconds(60))
        #expect(!gate.isOpen)
        #expect(!SendGate(until: .now).isOpen)
        let expired = SendGate(until: .now - .seconds(1))
        expired.extend(until: .now + .seconds(60))
        #expect(expired.isOpen, "the same term, renewed")
    }

    /// Small bodies leave with the head; larger ones are asked for piece by piece.
    @Test(arguments: [0, 10, 8 * 1024, 8 * 1024 + 1, 300_000])
    func whatIsOpenIsSent(size: Int) async throws {
        let seen = Heard<String>()
        let server = try TestServer { connection in
            while let request = try connection.readRequest() {
                seen.append("\(request.path) \(request.body.count)")
                try connection.respond(200, request.body)
            }
        }
        try await withTransport { transport in
            let gate = SendGate(until: .now + .seconds(60))
            for _ in 0..<3 {
                let response = try await transport.perform(Self.gated(gate, body: size), on: .init(server))
                #expect(response.body.count == size)
            }
            // A handle that was used for one goes on as if it had not been.
            let plain = try await transport.perform(HTTPRequest(path: "/read"), on: .init(server))
            #expect(plain.status == 200)
        }
        #expect(seen.all == Array(repeating: "/write \(size)", count: 3) + ["/read 0"])
    }

    @Test func whatIsClosedNeverReachesTheServer() async throws {
        let server = try TestServer { _ in }
        try await withTransport { transport in
            let gate = SendGate(until: .now + .seconds(60))
            gate.close()
            let error = await #expect(throws: TransportError.self) {
                try await transport.perform(Self.gated(gate), on: .init(server))
            }
            #expect(error?.code == .gateClosed)
            #expect(error?.wasSent == false)
        }
        #expect(server.counts.accepted == 0)
    }

    /// The last look is when the connection stands: here that takes a while, and the gate closes meanwhile.
    @Test(arguments: [false, true])
    func aGateThatClosesWhileTheConnectionIsMadeHoldsTheRequestBack(closes: Bool) async throws {
        let gate = SendGate(until: .now + .seconds(60))
        let heard = Heard<[UInt8]>()
        let proxy = try TestServer { connection in
            // SOCKS 5 (RFC 1928): the methods, then the address to connect to.
            _ = connection.readSome()
            try connection.write([5, 0])
            _ = connection.readSome()
            if closes { gate.close() }
            try connection.write([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
            while let bytes = connection.readSome() {
                heard.append(bytes)
                if !closes { try connection.respond(200, "done") }
            }
        }
        try await withTransport { transport in
            var endpoint = TransportEndpoint(baseURL: "http://kube.test:1")
            endpoint.proxyURL = "socks5h://127.0.0.1:\(proxy.port)"
            do {
                let response = try await transport.perform(Self.gated(gate), on: endpoint)
                #expect(!closes && response.status == 200)
            } catch let error as TransportError {
                #expect(closes && error.code == .gateClosed)
                #expect(!error.wasSent)
            }
        }
        #expect(heard.all.isEmpty == closes)
    }

    /// A body that goes out in many pieces is broken off; the server has no whole request then.
    @Test func aGateThatClosesDuringAnUploadBreaksItOff() async throws {
        let gate = SendGate(until: .now + .seconds(60))
        let size = 32 << 20
        let received = Heard<Int>()
        let server = try TestServer { connection in
            var count = connection.readSome()?.count ?? 0
            gate.close()
            while let bytes = connection.readSome() { count += bytes.count }
            received.append(count)
        }
        try await withTransport { transport in
            let error = await #expect(throws: TransportError.self) {
                try await transport.perform(Self.gated(gate, body: size), on: .init(server))
            }
            #expect(error?.code == .gateClosed)
            #expect(error?.wasSent == true)
            try await eventually("the upload was broken off") { received.all.first.map { $0 < size } == true }
        }
    }

    /// A gate that closes by itself ends the call that waits for an answer, and one that is prolonged does not.
    @Test func aCallIsGivenUpWhenItsGateCloses() async throws {
        let release = Flag()
        let server = try TestServer { connection in
            guard let request = try connection.readRequest() else { return }
            if request.path == "/write" { release.block() }
            try connection.respond(200, "late")
        }
        defer { release.set() }
        try await withTransport { transport in
            let gate = SendGate(until: .now + .seconds(3))
            let error = await #expect(throws: TransportError.self) {
                try await transport.perform(Self.gated(gate), on: .init(server))
            }
            #expect(error?.code == .gateClosed)
            #expect(error?.wasSent == true)
            let prolonged = SendGate(until: .now + .milliseconds(300))
            prolonged.extend(until: .now + .seconds(60))
            async let response = transport.perform(Self.gated(prolonged), on: .init(server))
            try await Task.sleep(for: .milliseconds(600))
            release.set()
            let text = try await response.text
            #expect(text == "late")
        }
    }

    /// A call that waits for its turn is not sent when that comes too late.
    @Test func aCallThatWaitedTooLongForItsTurnIsHeldBack() async throws {
        let release = Flag()
        let heard = Heard<String>()
        let server = try TestServer { connection in
            while let request = try connection.readRequest() {
                heard.append(request.path)
                if request.path == "/slow" { release.block() }
                try connection.respond(200)
            }
        }
        try await withTransport {
            $0.maximumConcurrentCalls = 1
        } _: { transport in
            async let slow = transport.perform(HTTPRequest(path: "/slow"), on: .init(server))
            try await eventually("the only turn is taken") { heard.all == ["/slow"] }
            let gate = SendGate(until: .now + .seconds(60))
            async let waiting = transport.perform(Self.gated(gate), on: .init(server))
            gate.close()
            release.set()
            _ = try await slow
            do {
                _ = try await waiting
                Issue.record("it was sent")
            } catch let error as TransportError {
                #expect(error.code == .gateClosed)
                #expect(!error.wasSent)
            }
        }
        #expect(heard.all == ["/slow"])
    }
}

/// What a server's threads heard.
private final class Heard<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    var all: [Value] { values.withLock { $0 } }

    func append(_ value: Value) { values.withLock { $0.append(value) } }
}

extension TestConnection {
    /// What comes next; `nil` at the end.
    fileprivate func readSome() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }
}
