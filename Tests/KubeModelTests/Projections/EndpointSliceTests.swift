import JSON
import TestSupport
import Testing

@testable import KubeModel

@Suite struct EndpointSliceTests {
    private static let json = Array(
        """
        {"metadata":{"name":"db-abc","namespace":"shop","uid":"u","resourceVersion":"3",
          "labels":{"kubernetes.io/service-name":"db"}},"addressType":"IPv4","ports":[{"port":5432}],
         "endpoints":[{"addresses":["10.1.0.1"],"conditions":{"ready":true},"targetRef":
           {"kind":"Pod","namespace":"shop","name":"db-0","uid":"u-0"}},{"addresses":["10.9.9.9"]},
          {"addresses":["10.9.9.8"],"targetRef":null},{"targetRef":{"kind":"Node","name":"n"}}]}
        """.utf8
    )

    private static let protobuf = ProtobufWriter {
        $0.message(1) {
            $0.string(1, "db-abc")
            $0.string(3, "shop")
            $0.string(5, "u")
            $0.string(6, "3")
            $0.map(11, ["kubernetes.io/service-name": "db"])
        }
        $0.message(2) {
            $0.string(1, "10.1.0.1")
            $0.message(2) { $0.integer(1, 1) }
            $0.message(4) {
                $0.string(1, "Pod")
                $0.string(2, "shop")
                $0.string(3, "db-0")
                $0.string(4, "u-0")
            }
        }
        $0.message(2) { $0.string(1, "10.9.9.9") }
        $0.message(2) {
            $0.message(4) {
                $0.string(1, "Node")
                $0.string(3, "n")
            }
        }
        $0.message(3) { $0.integer(3, 5432) }
        $0.string(4, "IPv4")
    }.bytes

    private static func slice(json bytes: [UInt8]) throws -> EndpointSlice {
        var reader = JSONReader(bytes)
        return try EndpointSlice(json: &reader)
    }

    private static func slice(protobuf bytes: [UInt8]) throws -> EndpointSlice {
        var reader = ProtobufReader(bytes)
        return try EndpointSlice(protobuf: &reader)
    }

    @Test func bothFormatsGiveTheSameSlice() throws {
        let slice = try Self.slice(json: Self.json)
        #expect(try slice == Self.slice(protobuf: Self.protobuf))
        #expect(slice.key == ObjectKey(namespace: "shop", name: "db-abc") && slice.service == "db")
        #expect(slice.pods == [EndpointSlice.PodReference(name: "db-0", uid: UID("u-0"))])
    }

    @Test func aSliceWithoutANameIsRefused() {
        #expect(throws: JSONError.self) { try Self.slice(json: Array("{}".utf8)) }
        #expect(throws: ProtobufError.self) { try Self.slice(protobuf: []) }
    }

    @Test func mutatedSlicesAreReadOrRefusedAndNothingElse() {
        var generator = SeededGenerator(seed: 9)
        var refused = 0
        for _ in 0..<1000 {
            do { _ = try Self.slice(json: Self.json.mutated(using: &generator)) } catch { refused += 1 }
            do { _ = try Self.slice(protobuf: Self.protobuf.mutated(using: &generator)) } catch { refused += 1 }
        }
        #expect(refused > 100)
    }
}
