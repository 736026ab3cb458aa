import JSON
import Testing

@Suite struct JSONValueEncoderTests {
    @Test func `leaves out what is nil and keeps what is empty`() throws {
        struct Spec: Encodable {
            var image = "nginx"
            var replicas: Int?
            var args: [String] = []
            var labels: [String: String] = [:]
            var raw: JSONValue = ["a": .null]
            var rawNil: JSONValue?
        }
        #expect(
            try JSONValue(encoding: Spec()) == ["image": "nginx", "args": [], "labels": [:], "raw": ["a": .null]]
        )
    }

    @Test func `nested and shared containers all arrive`() throws {
        struct Custom: Encodable {
            func encode(to encoder: any Encoder) throws {
                var object = encoder.container(keyedBy: FieldPath.Element.self)
                var inner = object.nestedContainer(keyedBy: FieldPath.Element.self, forKey: "inner")
                var list = object.nestedUnkeyedContainer(forKey: "list")
                try list.encode(1)
                var pair = list.nestedUnkeyedContainer()
                try pair.encode("x")
                try list.encodeNil()
                try inner.encode(true, forKey: "on")
                try object.encodeNil(forKey: "none")
                var again = encoder.container(keyedBy: FieldPath.Element.self)
                try again.encode(2.5, forKey: "again")
                try "late".encode(to: object.superEncoder(forKey: "super"))
            }
        }
        #expect(
            try JSONValue(encoding: Custom())
                == ["inner": ["on": true], "list": [1, ["x"], .null], "none": .null, "again": 2.5, "super": "late"]
        )
    }

    @Test func `refuses numbers that JSON values cannot say`() throws {
        let error = try #require(throws: EncodingError.self) { try JSONValue(encoding: ["a": [1, UInt64.max]]) }
        guard case .invalidValue(_, let context) = error else { Issue.record("\(error)"); return }
        #expect("\(FieldPath(context.codingPath))" == "a[1]")
        #expect(throws: EncodingError.self) { try JSONValue(encoding: Double.infinity) }
        #expect(try JSONValue(encoding: UInt64(Int64.max)) == .int(.max))
    }

    @Test func `a scalar at the top is a value`() throws {
        #expect(try JSONValue(encoding: "a") == "a")
        #expect(try JSONValue(encoding: Int?.none) == .null)
        #expect(try JSONValue(encoding: [Int?.none, 1]) == [.null, 1])
        #expect(try JSONValue(encoding: [1: "a"]) == ["1": "a"])
    }
}
