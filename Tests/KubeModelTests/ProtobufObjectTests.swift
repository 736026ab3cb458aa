import JSON
import KubeModel
import TestSupport
import Testing

@Suite struct ProtobufObjectTests {
    private static let metadata = ProtobufWriter {
        $0.string(1, "web")
        $0.string(3, "prod")
        $0.string(5, "0d9f21ad-8c1f-4f0a-9a3e-1d2c3b4a5f60")
        $0.string(6, "4711")
        $0.integer(7, 3)
        $0.message(8) { $0.integer(1, 1_700_000_000) }
        $0.map(11, ["app": "web", "tier": ""])
        $0.map(12, ["note": "n"])
        $0.message(13) {
            $0.string(1, "ReplicaSet")
            $0.string(3, "web-1")
            $0.string(4, "u")
            $0.string(5, "apps/v1")
            $0.integer(6, 1)
        }
        $0.string(14, "hold")
        $0.message(17) { $0.string(1, "manager") }
    }.bytes

    @Test func protobufAndJSONGiveTheSameMetadata() throws {
        let json = """
            {"name":"web","namespace":"prod","uid":"0d9f21ad-8c1f-4f0a-9a3e-1d2c3b4a5f60","resourceVersion":"4711",
             "generation":3,"creationTimestamp":"2023-11-14T22:13:20Z","labels":{"app":"web","tier":""},
             "annotations":{"note":"n"},"finalizers":["hold"],"managedFields":[{"manager":"m"}],
             "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-1","uid":"u","controller":true}]}
            """
        var jsonReader = JSONReader(Array(json.utf8))
        var protobufReader = ProtobufReader(Self.metadata)
        #expect(try ObjectMeta(protobuf: &protobufReader) == ObjectMeta(from: &jsonReader))
    }

    @Test func theEnvelopeTellsKindAndContent() throws {
        let bytes = [0] + ProtobufWriter.envelope(apiVersion: "v1", kind: "Pod", Self.metadata)
        let envelope = try ProtobufEnvelope(bytes, in: 1..<bytes.count)
        #expect(envelope.apiVersion == "v1")
        #expect(envelope.kind == "Pod")
        #expect(Array(bytes[envelope.object]) == Self.metadata)
    }

    @Test func whatIsNoEnvelopeIsRefused() {
        for bytes in [[], Array("k8s".utf8), Array("{\"kind\":\"Pod\"}".utf8), [0x6B, 0x38, 0x73, 0x00, 0x0A]] {
            #expect(throws: ProtobufError.self) { try ProtobufEnvelope(bytes, in: bytes.indices) }
        }
        let encoded = [0x6B, 0x38, 0x73, 0x00] + ProtobufWriter { $0.string(3, "gzip") }.bytes
        #expect(throws: ProtobufError.self) { try ProtobufEnvelope(encoded, in: encoded.indices) }
    }

    @Test func mutatedObjectsAreReadOrRefusedAndNothingElse() {
        var generator = SeededGenerator(seed: 1)
        let object = ProtobufWriter { $0.bytes(1, Self.metadata) }.bytes
        var refused = 0
        for _ in 0..<2000 {
            var reader = ProtobufReader(object.mutated(using: &generator))
            do { _ = try ObjectMetaProjection(protobuf: &reader) } catch { refused += 1 }
        }
        #expect(refused > 100)
    }
}
