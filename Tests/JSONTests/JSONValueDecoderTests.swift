import FoundationEssentials
import JSON
import Testing

@Suite struct JSONValueDecoderTests {
    struct Server: Codable, Hashable {
        struct Volume: Codable, Hashable {
            var name: String
            var sizes: [Int32]?
        }

        enum Access: String, Codable { case once = "ReadWriteOnce" }

        var image: String
        var replicas: Int32?
        var ratio: Double?
        var labels: [String: String]?
        var volumes: [Volume]?
        var access: Access?
        var resources: JSONValue?
    }

    private let complete: JSONValue = [
        "image": "nginx", "replicas": 3, "ratio": 2, "labels": ["a": "b"], "access": "ReadWriteOnce",
        "volumes": [["name": "data", "sizes": [1, 2]], ["name": "logs"]],
        "resources": ["limits": ["cpu": 1.5, "big": 9_007_199_254_740_993], "none": .null],
    ]

    @Test func `decodes nested types and hands raw values over`() throws {
        let server: Server = try complete.decode()
        #expect(server.replicas == 3)
        #expect(server.ratio == 2.0)
        #expect(server.volumes == [.init(name: "data", sizes: [1, 2]), .init(name: "logs")])
        #expect(server.access == .once)
        #expect(server.resources == complete["resources"])
        #expect(try JSONValue(encoding: server).decode(as: Server.self) == server)
    }

    @Test func `null is nil where nil is possible`() throws {
        let server = try (["image": "a", "replicas": .null, "volumes": .null] as JSONValue).decode(as: Server.self)
        #expect(server == Server(image: "a"))
        #expect(try (["image": "a", "resources": .null] as JSONValue).decode(as: Server.self).resources == nil)
        #expect(try ([1, .null] as JSONValue).decode(as: [Int?].self) == [1, nil])
    }

    @Test(
        arguments: [
            (["replicas": 1], "image", "Required value"),
            (["image": 5], "image", "expected string, found integer"),
            (["image": .null], "image", "expected string, found null"),
            (["image": "a", "replicas": 2_147_483_648], "replicas", "2147483648 does not fit Int32"),
            (["image": "a", "replicas": 1.5], "replicas", "expected integer, found number"),
            (["image": "a", "replicas": true], "replicas", "expected integer, found boolean"),
            (["image": "a", "labels": ["x.y/z": 1]], "labels[x.y/z]", "expected string, found integer"),
            (["image": "a", "volumes": [["name": "a"], [:]]], "volumes[1].name", "Required value"),
            (
                ["image": "a", "volumes": [["name": "a", "sizes": [1, "2"]]]], "volumes[0].sizes[1]",
                "expected integer, found string"
            ),
            (["image": "a", "volumes": ["a"]], "volumes[0]", "expected object, found string"),
            (["image": "a", "volumes": [:]], "volumes", "expected array, found object"),
        ] as [(JSONValue, String, String)]
    )
    func `an error names the field and what is wrong`(value: JSONValue, path: String, message: String) throws {
        let error = try #require(throws: DecodingError.self) { try value.decode(as: Server.self) }
        #expect("\(error.fieldPath)" == path)
        #expect(error.fieldMessage == message)
    }

    @Test func `integers are exact at their bounds`() throws {
        #expect(try JSONValue.int(.max).decode(as: Int64.self) == .max)
        #expect(try JSONValue.int(.min).decode(as: Int64.self) == .min)
        #expect(try JSONValue.int(.max).decode(as: UInt64.self) == UInt64(Int64.max))
        #expect(try JSONValue.double(3).decode(as: Int.self) == 3)
        #expect(throws: DecodingError.self) { try JSONValue.int(-1).decode(as: UInt64.self) }
        #expect(throws: DecodingError.self) { try JSONValue.int(256).decode(as: UInt8.self) }
        #expect(throws: DecodingError.self) { try JSONValue.double(1e19).decode(as: Int64.self) }
        #expect(throws: DecodingError.self) { try JSONValue.double(1e300).decode(as: Float.self) }
    }

    @Test func `tells members that no type asked for`() throws {
        let value: JSONValue = [
            "image": "a", "replica": 1, "resources": ["anything": ["goes": 1]], "labels": ["free": "form"],
            "volumes": [["name": "a"], ["name": "b", "sizes": [1], "size": 2]], "a.b": 1,
        ]
        let (server, unknown) = try JSONValueDecoder().decodeReportingUnknownFields(Server.self, from: value)
        #expect(server.volumes?.count == 2)
        #expect(unknown.map(\.description) == ["[a.b]", "replica", "volumes[1].size"])
        #expect(try JSONValueDecoder().decodeReportingUnknownFields(Server.self, from: complete).unknownFields == [])
    }

    @Test func `a type that also keeps the whole value knows all its members`() throws {
        struct Known: Decodable {
            var name: String
            var whole: JSONValue
            enum CodingKeys: CodingKey { case name }
            init(from decoder: any Decoder) throws {
                name = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .name)
                whole = try JSONValue(from: decoder)
            }
        }
        let value: JSONValue = [["name": "a", "other": 1]]
        let (known, unknown) = try JSONValueDecoder().decodeReportingUnknownFields([Known].self, from: value)
        #expect(known[0].whole == value[0])
        #expect(unknown == [])
    }

    @Test func `an attempt that fails can be followed by another`() throws {
        struct IntOrString: Decodable, Equatable {
            var text: String
            init(_ text: String) { self.text = text }
            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                do { text = String(try container.decode(Int.self)) } catch DecodingError.typeMismatch {
                    text = try container.decode(String.self)
                }
            }
        }
        #expect(try ([1, "50%"] as JSONValue).decode() == [IntOrString("1"), IntOrString("50%")])
    }

    @Test func `raw values pass through Foundation's coders too`() throws {
        let decoded = try JSONDecoder().decode(JSONValue.self, from: Data(complete.encoded()))
        #expect(decoded == complete)
        let encoded = try JSONEncoder().encode(["value": complete])
        #expect(try JSONValue(parsing: Array(encoded))["value"] == complete)
        #expect(
            try JSONDecoder().decode(JSONValue.self, from: Data("18446744073709551615".utf8)) == 18446744073709551615.0
        )
    }
}
