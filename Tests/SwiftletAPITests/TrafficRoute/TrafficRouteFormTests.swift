import JSON
import Testing

@testable import SwiftletAPI

/// Forms in which Kuma 2.14 takes a TrafficRoute, or does not: its decoder is golang/protobuf's jsonpb.
struct TrafficRouteFormTests {
    private static func manifest(_ conf: String, mesh: JSONValue = "default") throws -> JSONValue {
        [
            "apiVersion": "kuma.io/v1alpha1", "kind": "TrafficRoute", "mesh": mesh, "metadata": ["name": "a"],
            "spec": try JSONValue(
                parsing:
                    #"{"sources":[{"match":{"kuma.io/service":"*"}}],"destinations":[{"match":{"kuma.io/service":"b"}}],"conf":\#(conf)}"#
            ),
        ]
    }

    private static let to = #""destination":{"kuma.io/service":"*"}"#
    private static let plain = #"{\#(to)}"#

    /// A split with these weights.
    private static func split(_ weights: String...) -> String {
        let entries = weights.map { #"{"weight":\#($0),"destination":{"kuma.io/service":"b"}}"# }
        return #"{"split":[\#(entries.joined(separator: ","))]}"#
    }

    private static func balanced(_ section: String) -> String { #"{\#(to),"loadBalancer":\#(section)}"# }

    private static func http(_ rule: String) -> String { #"{\#(to),"http":[\#(rule)]}"# }

    private static func matching(_ match: String) -> String { http(#"{"match":\#(match),\#(to)}"#) }

    private static func modifying(_ modify: String) -> String {
        http(#"{"match":{"path":{"prefix":"/a"}},"modify":\#(modify),\#(to)}"#)
    }

    private static let header = #"{"match":{"headers":{"a":{"exact":"b"}}},\#(to)}"#

    /// What is written, and what it is read as.
    private static let same: [(String, String, String)] = [
        ("a weight in quotes", split(#""90""#, #""10""#), split("90", "10")),
        ("a weight of zero in quotes", split(#""0""#, "1"), split("0", "1")),
        ("a weight with a fraction of zero", split("90.0", "10"), split("90", "10")),
        ("an empty split beside a destination", #"{"split":[],\#(to)}"#, plain),
        ("a split that is null", #"{"split":null,\#(to)}"#, plain),
        (
            "a destination that is null",
            #"{"destination":null,"split":[{"weight":1,"destination":{"kuma.io/service":"b"}}]}"#, split("1")
        ),
        ("http that is null", #"{\#(to),"http":null}"#, plain),
        ("http that is empty", #"{\#(to),"http":[]}"#, plain),
        ("a loadBalancer that is null", balanced("null"), plain),
        ("a choice that is null", balanced(#"{"roundRobin":null,"random":{}}"#), balanced(#"{"random":{}}"#)),
        (
            "choiceCount in quotes", balanced(#"{"leastRequest":{"choiceCount":"3"}}"#),
            balanced(#"{"leastRequest":{"choiceCount":3}}"#)
        ),
        (
            "choiceCount that is null", balanced(#"{"leastRequest":{"choiceCount":null}}"#),
            balanced(#"{"leastRequest":{}}"#)
        ),
        (
            "sizes of a ring in quotes",
            balanced(#"{"ringHash":{"hashFunction":"XX_HASH","minRingSize":"1024","maxRingSize":"4096"}}"#),
            balanced(#"{"ringHash":{"hashFunction":"XX_HASH","minRingSize":1024,"maxRingSize":4096}}"#)
        ),
        (
            "names of the .proto file",
            #"{\#(to),"load_balancer":{"ring_hash":{"hash_function":"XX_HASH","min_ring_size":"1024","max_ring_size":4096}}}"#,
            balanced(#"{"ringHash":{"hashFunction":"XX_HASH","minRingSize":1024,"maxRingSize":4096}}"#)
        ),
        (
            "least_request", balanced(#"{"least_request":{"choice_count":4}}"#),
            balanced(#"{"leastRequest":{"choiceCount":4}}"#)
        ),
        ("round_robin", balanced(#"{"round_robin":{}}"#), balanced(#"{"roundRobin":{}}"#)),
        (
            "both names",
            #"{\#(to),"load_balancer":{"random":{}},"loadBalancer":{"maglev":{}}}"#, balanced(#"{"maglev":{}}"#)
        ),
        (
            "two choices", balanced(#"{"ringHash":{"hashFunction":"XX_HASH"},"roundRobin":{}}"#),
            balanced(#"{"ringHash":{"hashFunction":"XX_HASH"}}"#)
        ),
        (
            "prefix and regex", matching(#"{"path":{"prefix":"/a","regex":"/b"}}"#),
            matching(#"{"path":{"regex":"/b"}}"#)
        ),
        (
            "prefix that is null", matching(#"{"path":{"prefix":null,"exact":"/a"}}"#),
            matching(#"{"path":{"exact":"/a"}}"#)
        ),
        (
            "method that is null", matching(#"{"method":null,"path":{"exact":"/a"}}"#),
            matching(#"{"path":{"exact":"/a"}}"#)
        ),
        (
            "modify that is null", http(#"{"match":{"path":{"exact":"/a"}},"modify":null,\#(to)}"#),
            matching(#"{"path":{"exact":"/a"}}"#)
        ),
        (
            "two ways to change the path",
            modifying(#"{"path":{"rewritePrefix":"/b","regex":{"pattern":"a","substitution":"b"}}}"#),
            modifying(#"{"path":{"regex":{"pattern":"a","substitution":"b"}}}"#)
        ),
        (
            "two ways to change the host",
            modifying(#"{"host":{"value":"b","fromPath":{"pattern":"a","substitution":"b"}}}"#),
            modifying(#"{"host":{"fromPath":{"pattern":"a","substitution":"b"}}}"#)
        ),
        (
            "headers to add that are null", modifying(#"{"requestHeaders":{"add":null,"remove":[{"name":"x"}]}}"#),
            modifying(#"{"requestHeaders":{"remove":[{"name":"x"}]}}"#)
        ),
        (
            "append that is null", modifying(#"{"requestHeaders":{"add":[{"name":"x","value":"y","append":null}]}}"#),
            modifying(#"{"requestHeaders":{"add":[{"name":"x","value":"y"}]}}"#)
        ),
        (
            "fields that nobody knows", #"{\#(to),"spilt":[1],"loadBalancer":{"roundRobin":{"a":1}}}"#,
            balanced(#"{"roundRobin":{}}"#)
        ),
        ("request_headers, which Kuma ignores", modifying(#"{"request_headers":{}}"#), modifying("{}")),
        (
            "an empty value of a header", matching(#"{"headers":{"a":{"exact":""}}}"#),
            matching(#"{"headers":{"a":{"exact":""}}}"#)
        ),
    ]

    @Test(arguments: same)
    func whatKumaTakesForTheSameIsTheSame(name: String, written: String, read: String) throws {
        let (route, findings) = try TrafficRoute.check(Self.manifest(written))
        #expect(!findings.hasErrors, "\(findings)")
        #expect(route?.spec == (try TrafficRoute(Self.manifest(read))).spec)
        // As it comes from the API server, too.
        #expect(try TrafficRoute(Self.manifest(written)).spec == route?.spec)
        #expect(try TrafficRoute(Self.manifest(written)).unreadable == nil)
    }

    /// What jsonpb, or Kuma's validator, refuses.
    private static let refused: [(String, String, String)] = [
        ("an empty text for a weight", split(#""""#), "split[0].weight: must be an integer"),
        ("a weight in words", split(#""ten""#), "split[0].weight: must be an integer"),
        ("a weight with a zero before it", split(#""090""#), "split[0].weight: must be an integer"),
        ("a weight with a sign", split(#""+9""#), "split[0].weight: must be an integer"),
        ("a weight with a space", split(#"" 9""#), "split[0].weight: must be an integer"),
        ("a weight with an exponent in quotes", split(#""9e1""#), "split[0].weight: must be an integer"),
        ("a negative weight", split("-1", "1"), "split[0].weight: -1 is not allowed"),
        ("a negative weight in quotes", split(#""-1""#, "1"), "split[0].weight: -1 is not allowed"),
        ("a weight above 32 bits", split(#""4294967296""#, "1"), "split[0].weight: 4294967296 is not allowed"),
        ("a weight that is a boolean", split("true"), "split[0].weight: must be an integer"),
        ("a weight with a fraction", split("1.5"), "split[0].weight: must be an integer"),
        ("a weight that is null", split("null", "1"), "split[0].weight: needs to be defined"),
        ("weights of zero alone", split(#""0""#), "split: there must be at least one split entry with weight above 0"),
        ("an empty split alone", #"{"split":[]}"#, #"conf: requires either "destination" or "split""#),
        ("a split that is null, alone", #"{"split":null}"#, #"conf: requires either "destination" or "split""#),
        ("an empty destination", #"{"destination":{}}"#, "destination: must have at least one tag"),
        (
            "a tag that is null", #"{"destination":{"kuma.io/service":"b","v":null}}"#,
            "destination.v: tag value must be non-empty"
        ),
        (
            "a tag that is a number", #"{"destination":{"kuma.io/service":"b","v":1}}"#,
            "destination.v: must be a text, not 1"
        ),
        (
            "both", #"{"split":[{"weight":1,"destination":{"kuma.io/service":"b"}}],\#(to)}"#,
            #""split" cannot be defined at the same time"#
        ),
        (
            "one endpoint to compare, in quotes", balanced(#"{"leastRequest":{"choiceCount":"1"}}"#),
            "choiceCount: value must be greater than or equal to 2"
        ),
        ("no hash function", balanced(#"{"ring_hash":{}}"#), "hashFunction: must have a valid hash function"),
        (
            "an empty hash function", balanced(#"{"ringHash":{"hashFunction":""}}"#),
            "hashFunction: must have a valid hash function"
        ),
        (
            "a hash function in lower case", balanced(#"{"ringHash":{"hashFunction":"xx_hash"}}"#),
            "hashFunction: must have a valid hash function"
        ),
        ("a loadBalancer that is a text", balanced(#""roundRobin""#), "loadBalancer: must be an object"),
        (
            "a boolean in quotes", modifying(#"{"requestHeaders":{"add":[{"name":"x","value":"y","append":"true"}]}}"#),
            "append: must be true or false"
        ),
        ("http that is an object", #"{\#(to),"http":{}}"#, "http: must be a list"),
        ("a rule without match", http(#"{\#(to)}"#), "match: must be present and contain"),
        ("a match that is null", http(#"{"match":null,\#(to)}"#), "match: must be present and contain"),
        (
            "a header's match that is null", matching(#"{"headers":{"a":null}}"#),
            "headers.a: cannot be empty. Available options"
        ),
        ("headers without any", matching(#"{"headers":{}}"#), "headers: must contain at least one element"),
        ("an empty prefix", matching(#"{"path":{"prefix":""}}"#), "prefix: cannot be empty"),
        ("an empty regex", matching(#"{"path":{"regex":""}}"#), "regex: cannot be empty"),
        (
            "an element of split that is null", #"{"split":[null,{"weight":1,"destination":{"kuma.io/service":"b"}}]}"#,
            "split[0].weight: needs to be defined"
        ),
        (
            "a path that is changed in no way", modifying(#"{"path":{"rewritePrefix":null}}"#),
            #"either "rewritePrefix" or "regex" has to be set"#
        ),
        (
            "a host that is changed in no way", modifying(#"{"host":{"value":null}}"#),
            #"either "value" or "fromPath" has to be set"#
        ),
        ("an empty host", modifying(#"{"host":{"value":""}}"#), "host.value: cannot be empty"),
        (
            "a header without a name", modifying(#"{"responseHeaders":{"remove":[{"name":null}]}}"#),
            "remove[0].name: cannot be empty"
        ),
    ]

    @Test(arguments: refused)
    func whatKumaRefusesIsRefused(name: String, conf: String, message: String) throws {
        let findings = try TrafficRoute.check(Self.manifest(conf)).errors
        #expect(findings.contains { $0.severity == .error && $0.description.contains(message) }, "\(findings)")
    }

    @Test(arguments: [
        #"{\#(to),"spilt":[1]}"#, balanced(#"{"random":{},"maglev":{}}"#), balanced(#"{"random":{"a":1}}"#),
    ])
    func whatHasNoEffectIsAWarningAlsoWhenStored(conf: String) throws {
        let findings = try TrafficRoute.check(Self.manifest(conf)).errors
        #expect(findings.map(\.severity) == [.warning])
        #expect(try TrafficRoute(Self.manifest(conf)).validate() == findings)
    }

    @Test(arguments: ["", nil] as [String?])
    func anEmptyMeshIsTheDefault(mesh: String?) throws {
        let (route, findings) = try TrafficRoute.check(
            Self.manifest(Self.plain, mesh: mesh.map { .string($0) } ?? .null)
        )
        #expect(findings == [])
        #expect(route?.mesh == "default")
    }

    /// The API server knows one way to write things, and must not refuse the others.
    @Test func theSchemaLeavesOpenWhatKumaTakes() throws {
        let schema = try TrafficRoute.definition().objectSchema.json
        let conf = try #require(schema[path: "properties", "spec", "properties", "conf"])
        #expect(conf["x-kubernetes-preserve-unknown-fields"] == true)
        #expect(conf["oneOf"] == nil)
        let weight = conf[path: "properties", "split", "items", "properties", "weight"]
        #expect(weight?["x-kubernetes-int-or-string"] == true)
        #expect(weight?["type"] == nil && weight?["maximum"] == 4_294_967_295)
        #expect(conf[path: "properties", "loadBalancer", "properties", "ringHash", "required"] == nil)
    }
}
