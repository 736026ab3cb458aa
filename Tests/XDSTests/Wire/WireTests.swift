import EnvoyAPI
import NIOCore
import SwiftProtobuf
import TestSupport
import Testing

@testable import XDS

struct WireTests {
    @Test func readsWhatEnvoyWrites() throws {
        var message = Envoy_Service_Discovery_V3_DeltaDiscoveryRequest()
        message.node.id = "demo.web-1.default"
        message.node.cluster = "web"
        message.typeURL = ResourceType.endpoint.typeURL
        message.resourceNamesSubscribe = ["a", "b"]
        message.resourceNamesUnsubscribe = ["c"]
        message.initialResourceVersions = ["a": "1"]
        message.responseNonce = "7"
        message.errorDetail.code = 13
        message.errorDetail.message = "no"
        let bytes: [UInt8] = try message.serializedBytes()
        var expected = DeltaRequest(typeURL: ResourceType.endpoint.typeURL)
        expected.node = DeltaRequest.Node(id: "demo.web-1.default", cluster: "web")
        expected.subscribe = ["a", "b"]
        expected.unsubscribe = ["c"]
        expected.initialVersions = ["a": "1"]
        expected.nonce = "7"
        expected.failure = DeltaRequest.Failure(code: 13, message: "no")
        #expect(try DeltaRequest(decoding: ByteBuffer(bytes: bytes)) == expected)
        #expect(try DeltaRequest(decoding: expected.encoded()) == expected)
    }

    @Test func writesWhatEnvoyReads() throws {
        let encoder = ResponseEncoder()
        for count in [0, 1, 3, 2000] {
            let resources = (0..<count).map { resource(.cluster, "c\($0)", "v\($0)", to: ["x"]) }
            var response = PushResponse(type: .cluster, nonce: "1", resources: resources, removed: ["gone"])
            for nonce in ["1", "2"] {
                response.nonce = nonce
                var bytes = ByteBuffer()
                for piece in encoder.encode(response) { bytes.writeImmutableBuffer(piece) }
                #expect(bytes.readInteger(as: UInt8.self) == 0)
                #expect(bytes.readInteger(as: UInt32.self).map(Int.init) == bytes.readableBytes)
                let message = try Envoy_Service_Discovery_V3_DeltaDiscoveryResponse(
                    serializedBytes: Array(bytes.readableBytesView)
                )
                #expect(message.nonce == nonce && message.typeURL == ResourceType.cluster.typeURL)
                #expect(message.removedResources == ["gone"])
                #expect(message.resources.map(\.name) == resources.map(\.name))
                #expect(message.resources.map(\.version) == resources.map(\.version))
                #expect(message.resources.map { Array($0.resource.value) } == resources.map(\.message))
                #expect(message.resources.allSatisfy { $0.resource.typeURL == ResourceType.cluster.typeURL })
            }
        }
    }

    @Test func survivesAnyBytes() throws {
        var random = SeededGenerator(seed: 3)
        var request = DeltaRequest(typeURL: ResourceType.endpoint.typeURL)
        request.node = DeltaRequest.Node(id: "demo.web-1.default")
        request.subscribe = ["a", "b"]
        request.initialVersions = ["a": "1"]
        let good = Array(request.encoded().readableBytesView)
        var refused = 0
        for _ in 0..<20_000 {
            do {
                _ = try DeltaRequest(decoding: ByteBuffer(bytes: good.mutated(using: &random)))
            } catch {
                refused += 1
            }
        }
        #expect(refused > 5000)
    }

    @Test func limitsNames() {
        var limits = DeltaRequest.Limits()
        limits.names = 3
        limits.nameBytes = 60
        var request = DeltaRequest(typeURL: "t")
        request.subscribe = ["a", "b", "c", "d"]
        #expect(throws: XDSError.self) { try DeltaRequest(decoding: request.encoded(), limits: limits) }
        request.subscribe = [String(repeating: "a", count: 61)]
        #expect(throws: XDSError.self) { try DeltaRequest(decoding: request.encoded(), limits: limits) }
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func takesMessagesFromPieces(size: Int) throws {
        var whole: [UInt8] = []
        for length in [0, 1, 300, 5] {
            whole += [0, 0, 0, UInt8(length >> 8), UInt8(length & 255)] + [UInt8](repeating: 9, count: length)
        }
        var frames = GRPCFrames(limit: 300)
        var lengths: [Int] = []
        for piece in whole.chunks(of: size) {
            var bytes = ByteBuffer(bytes: piece)
            frames.append(&bytes)
            while let message = try frames.next() { lengths.append(message.readableBytes) }
        }
        #expect(lengths == [0, 1, 300, 5])
        #expect(frames.size == 0)
    }

    @Test func refusesLongAndCompressedMessages() {
        for bytes: [UInt8] in [[0, 0, 0, 1, 45], [0, 255, 255, 255, 255], [1, 0, 0, 0, 1]] {
            var frames = GRPCFrames(limit: 300)
            var buffer = ByteBuffer(bytes: bytes)
            frames.append(&buffer)
            #expect(throws: XDSError.self) { try frames.next() }
        }
    }

    @Test func escapesTheTextOfAStatus() {
        #expect(GRPCFrames.percentEncoded("a b%\nä") == "a b%25%0A%C3%A4")
    }

    @Test(arguments: [
        ("demo.web-1.default", ProxyID(mesh: "demo", namespace: "default", name: "web-1")),
        ("demo.a.b.c.default", ProxyID(mesh: "demo", namespace: "default", name: "a.b.c")),
        ("demo.default", nil), ("demo..default", nil), (".web.default", nil), ("demo.web.", nil), ("", nil),
    ])
    func readsNodeIDs(text: String, id: ProxyID?) { #expect(ProxyID(nodeID: text) == id) }

    @Test func readsWhatSimulatedProxiesNeed() throws {
        let mesh = SimulatedMesh(services: 3)
        let encoder = ResponseEncoder()
        for (resource, routes, usesEndpoints) in [
            (mesh.listener(1), [SimulatedMesh.routeName(1)], false), (mesh.cluster(1), [], true),
            (mesh.endpoints(1), [], false), (mesh.route(1), [], false),
        ] {
            let response = PushResponse(type: resource.type, nonce: "1", resources: [resource], removed: [])
            var bytes = encoder.encode(response)[0]
            bytes.moveReaderIndex(forwardBy: 5)
            let seen = try #require(try SimulatedResponse(decoding: bytes).resources.first)
            #expect(seen.name == resource.name && seen.version == resource.version)
            #expect(seen.routeNames == routes && seen.usesEndpoints == usesEndpoints)
        }
    }
}
