import JSON
import TestSupport
import Testing

@testable import KubeModel

@Suite struct NamespaceTests {
    private static func json(_ phase: String) -> [UInt8] {
        Array(
            """
            {"metadata":{"name":"shop","uid":"u","resourceVersion":"3","labels":{"kuma.io/mesh":"m"},
             "annotations":{"kuma.io/sidecar-injection":"enabled"}},"spec":{"finalizers":["kubernetes"]},
             "status":{"phase":"\(phase)"}}
            """.utf8
        )
    }

    private static func namespace(json bytes: [UInt8]) throws -> Namespace {
        var reader = JSONReader(bytes)
        return try Namespace(json: &reader)
    }

    private static func namespace(protobuf bytes: [UInt8]) throws -> Namespace {
        var reader = ProtobufReader(bytes)
        return try Namespace(protobuf: &reader)
    }

    @Test(arguments: [("Active", false), ("Terminating", true)])
    func bothFormatsGiveTheSameNamespace(phase: String, isTerminating: Bool) throws {
        let namespace = try Self.namespace(json: Self.json(phase))
        let protobuf = ProtobufWriter {
            $0.message(1) {
                $0.string(1, "shop")
                $0.string(5, "u")
                $0.string(6, "3")
                $0.map(11, ["kuma.io/mesh": "m"])
                $0.map(12, ["kuma.io/sidecar-injection": "enabled"])
            }
            $0.message(2) { $0.string(1, "kubernetes") }
            $0.message(3) { $0.string(1, phase) }
        }.bytes
        #expect(try namespace == Self.namespace(protobuf: protobuf))
        #expect(namespace.key == ObjectKey(namespace: "", name: "shop"))
        #expect(namespace.labels == ["kuma.io/mesh": "m"])
        #expect(namespace.annotations == ["kuma.io/sidecar-injection": "enabled"])
        #expect(namespace.isTerminating == isTerminating)
    }

    @Test func aNamespaceThatIsBeingDeletedTerminates() throws {
        let bytes = Array(#"{"metadata":{"name":"a","deletionTimestamp":"2023-11-14T22:13:20Z"}}"#.utf8)
        #expect(try Self.namespace(json: bytes).isTerminating)
    }

    @Test func aNamespaceWithoutANameIsRefused() {
        #expect(throws: JSONError.self) { try Self.namespace(json: Array("{}".utf8)) }
        #expect(throws: ProtobufError.self) { try Self.namespace(protobuf: []) }
    }
}
