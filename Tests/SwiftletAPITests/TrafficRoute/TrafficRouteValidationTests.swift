import JSON
import Testing

@testable import SwiftletAPI

struct TrafficRouteValidationTests {
    private static func manifest(_ spec: String, mesh: JSONValue = "default") throws -> JSONValue {
        [
            "apiVersion": "kuma.io/v1alpha1", "kind": "TrafficRoute", "mesh": mesh, "metadata": ["name": "a"],
            "spec": try JSONValue(parsing: spec),
        ]
    }

    /// A spec with this `conf`.
    private static func spec(conf: String) -> String {
        #"{"sources":[{"match":{"kuma.io/service":"*"}}],"destinations":[{"match":{"kuma.io/service":"b"}}],"conf":\#(conf)}"#
    }

    /// A `conf` with one rule for requests.
    private static func conf(http rule: String) -> String {
        #"{"destination":{"kuma.io/service":"*"},"http":[\#(rule)]}"#
    }

    private static let to = #""destination":{"kuma.io/service":"*"}"#
    private static let path = #""match":{"path":{"prefix":"/a"}}"#

    private static let conf: [(String, [String])] = [
        ("null", ["conf: cannot be empty"]),
        ("{}", [#"conf: requires either "destination" or "split""#]),
        (
            #"{"split":[{"weight":1,"destination":{"kuma.io/service":"b"}}],"destination":{"kuma.io/service":"b"}}"#,
            [#"conf: "split" cannot be defined at the same time as "destination""#]
        ),
        (#"{"split":[]}"#, [#"conf: requires either "destination" or "split""#]),
        (
            #"{"split":[{"destination":{"kuma.io/service":"b"}}]}"#,
            [
                "conf.split: there must be at least one split entry with weight above 0",
                "conf.split[0].weight: needs to be defined",
            ]
        ),
        (
            #"{"split":[{"weight":0,"destination":{"kuma.io/service":"b"}}]}"#,
            ["conf.split: there must be at least one split entry with weight above 0"]
        ),
        (
            #"{"split":[{"weight":1}]}"#,
            [
                "conf.split[0].destination: must have at least one tag",
                #"conf.split[0].destination: mandatory tag "kuma.io/service" is missing"#,
            ]
        ),
        (
            #"{"split":[{"weight":1,"destination":{"version":"v1"}}]}"#,
            [#"conf.split[0].destination: mandatory tag "kuma.io/service" is missing"#]
        ),
        (
            #"{"split":[{"weight":4294967295,"destination":{"kuma.io/service":"b"}},{"weight":1,"destination":{"kuma.io/service":"b"}}]}"#,
            ["conf.split: the weights must not add up to more than 4294967295"]
        ),
        (
            #"{"split":[{"weight":1,"destination":{"kuma.io/service":"b"}},{"weight":4294967296,"destination":{"kuma.io/service":"b"}}]}"#,
            ["conf.split[1].weight: 4294967296 is not allowed: must be from 0 to 4294967295"]
        ),
        (
            #"{"destination":{}}"#,
            [
                "conf.destination: must have at least one tag",
                #"conf.destination: mandatory tag "kuma.io/service" is missing"#,
            ]
        ),
        (
            #"{"destination":{"kuma.io/service":"b","version":""}}"#,
            ["conf.destination.version: tag value must be non-empty"]
        ),
        (
            #"{"destination":{"kuma.io/service":"b","version":"v*"}}"#,
            [
                #"conf.destination.version: tag value must consist of alphanumeric characters, dots, dashes, slashes and underscores or be "*""#
            ]
        ),
        (
            #"{"destination":{"kuma.io/service":"b","a b":"c"}}"#,
            [
                "conf.destination[a b]: tag name must consist of alphanumeric characters, dots, dashes, slashes and underscores"
            ]
        ),
        (
            #"{\#(to),"loadBalancer":{"random":{},"maglev":{}}}"#,
            ["conf.loadBalancer: has random and maglev, of which one only counts: maglev"]
        ),
        (
            #"{\#(to),"loadBalancer":{"leastRequest":{"choiceCount":1}}}"#,
            ["conf.loadBalancer.leastRequest.choiceCount: value must be greater than or equal to 2"]
        ),
        (
            #"{\#(to),"loadBalancer":{"ringHash":{}}}"#,
            ["conf.loadBalancer.ringHash.hashFunction: must have a valid hash function"]
        ),
        (
            #"{\#(to),"loadBalancer":{"ringHash":{"hashFunction":"MD5"}}}"#,
            ["conf.loadBalancer.ringHash.hashFunction: must have a valid hash function"]
        ),
        (
            #"{\#(to),"loadBalancer":{"ringHash":{"hashFunction":"XX_HASH","minRingSize":10,"maxRingSize":5}}}"#,
            ["conf.loadBalancer.ringHash.maxRingSize: 5 is not allowed: must be at least minRingSize (10)"]
        ),
    ]

    private static let rules: [(String, [String])] = [
        (
            #"{\#(to)}"#,
            [#"match: must be present and contain at least one of the elements: "method", "path" or "headers""#]
        ),
        (
            #"{"match":{},\#(to)}"#,
            [#"match: must be present and contain at least one of the elements: "method", "path" or "headers""#]
        ),
        (#"{\#(path)}"#, [#": requires either "destination" or "split""#]),
        (
            #"{\#(path),\#(to),"split":[{"weight":0,"destination":{"kuma.io/service":"*"}}]}"#,
            [
                #": "split" cannot be defined at the same time as "destination""#,
                "split: there must be at least one split entry with weight above 0",
            ]
        ),
        (#"{"match":{"headers":{}},\#(to)}"#, ["match.headers: must contain at least one element"]),
        (
            #"{"match":{"method":{}},\#(to)}"#,
            [#"match.method: cannot be empty. Available options: "exact", "prefix" or "regex""#]
        ),
        (#"{"match":{"path":{"prefix":""}},\#(to)}"#, ["match.path.prefix: cannot be empty"]),
        (
            #"{"match":{"path":{"prefix":"/","exact":"/"}},\#(to)}"#,
            ["match.path: has prefix and exact, of which one only counts: exact"]
        ),
        (#"{"match":{"path":{"regex":""}},\#(to)}"#, ["match.path.regex: cannot be empty"]),
        (#"{"match":{"path":{"regex":"/(a"}},\#(to)}"#, ["match.path.regex: has a ( without its )"]),
        (
            #"{"match":{"headers":{"a":{"exact":"b\nc"}}},\#(to)}"#,
            ["match.headers.a.exact: must not contain line breaks or NUL"]
        ),
        (
            #"{\#(path),"modify":{"path":{}},\#(to)}"#,
            [#"modify.path: either "rewritePrefix" or "regex" has to be set"#]
        ),
        (
            #"{"match":{"path":{"exact":"/a"}},"modify":{"path":{"rewritePrefix":"/b"}},\#(to)}"#,
            ["modify.path.rewritePrefix: can only be set when .http.match.path.prefix is not empty"]
        ),
        (
            #"{\#(path),"modify":{"path":{"regex":{}}},\#(to)}"#,
            [
                "modify.path.regex.pattern: cannot be empty", "modify.path.regex.substitution: cannot be empty",
            ]
        ),
        (#"{\#(path),"modify":{"host":{}},\#(to)}"#, [#"modify.host: either "value" or "fromPath" has to be set"#]),
        (#"{\#(path),"modify":{"host":{"value":""}},\#(to)}"#, ["modify.host.value: cannot be empty"]),
        (
            #"{\#(path),"modify":{"host":{"fromPath":{"pattern":"[a","substitution":"b"}}},\#(to)}"#,
            ["modify.host.fromPath.pattern: has a [ without its ]"]
        ),
        (
            #"{\#(path),"modify":{"requestHeaders":{"add":[{"name":"Host","value":"b"},{"name":":path","value":"b"}]}},\#(to)}"#,
            [
                "modify.requestHeaders.add[0].name: host header and HTTP/2 pseudo-headers are not allowed to be modified",
                "modify.requestHeaders.add[1].name: host header and HTTP/2 pseudo-headers are not allowed to be modified",
            ]
        ),
        (
            #"{\#(path),"modify":{"responseHeaders":{"add":[{"name":"","value":""}],"remove":[{"name":"host"}]}},\#(to)}"#,
            [
                "modify.responseHeaders.add[0].name: cannot be empty",
                "modify.responseHeaders.add[0].value: cannot be empty",
                "modify.responseHeaders.remove[0].name: host header and HTTP/2 pseudo-headers are not allowed to be modified",
            ]
        ),
    ]

    private static let selectors: [(String, [String])] = [
        (
            #"{"conf":{\#(to)}}"#,
            ["destinations: must have at least one element", "sources: must have at least one element"]
        ),
        (
            #"{"sources":[{"match":{}}],"destinations":[{"match":{}}],"conf":{\#(to)}}"#,
            [
                #"destinations[0].match: must consist of exactly one tag "kuma.io/service""#,
                #"destinations[0].match: mandatory tag "kuma.io/service" is missing"#,
                "sources[0].match: must have at least one tag",
                #"sources[0].match: mandatory tag "kuma.io/service" is missing"#,
            ]
        ),
        (
            #"{"sources":[{"match":{"version":"*"}}],"destinations":[{"match":{"kuma.io/service":"*"}}],"conf":{\#(to)}}"#,
            [#"sources[0].match: mandatory tag "kuma.io/service" is missing"#]
        ),
        (
            #"{"sources":[{"match":{"kuma.io/service":"*"}}],"destinations":[{"match":{"kuma.io/service":"b","version":"v1"}}],"conf":{\#(to)}}"#,
            [
                #"destinations[0].match: must consist of exactly one tag "kuma.io/service""#,
                #"destinations[0].match.version: tag "version" is not allowed"#,
            ]
        ),
    ]

    private static var rows: [(spec: String, expected: [String])] {
        selectors.map { ($0, $1.map { "spec.\($0)" }) } + conf.map { (spec(conf: $0), $1.map { "spec.\($0)" }) }
            + rules.map { rule, expected in
                (
                    spec(conf: conf(http: rule)),
                    expected.map { "spec.conf.http[0]" + ($0.hasPrefix(":") ? "" : ".") + $0 }
                )
            }
    }

    @Test(arguments: rows)
    func `What is wrong is told in Kuma's words`(_ spec: String, _ expected: [String]) throws {
        let route = try TrafficRoute(Self.manifest(spec))
        #expect(route.validate().map(\.description).sorted() == expected.sorted())
    }

    /// The API server must refuse on its own what it can, for there is not always a webhook.
    @Test(arguments: rows)
    func `What is wrong is refused by the schema too, where a schema can`(_ spec: String, _ expected: [String]) throws {
        let beyondSchemas = [
            "above 0", "add up to", "must be at least minRingSize", "pseudo-headers", "line breaks", "without its",
            "rewritePrefix: can only", "choiceCount", "tag name must", "match.headers: must contain",
            "match: must be present and contain", "requires either", "at the same time", "of which one only counts",
            "has to be set", "Available options",
        ]
        let isBeyond = expected.allSatisfy { message in beyondSchemas.contains { message.contains($0) } }
        let errors = try TrafficRoute.definition().objectSchema.check(Self.manifest(spec))
        if !isBeyond { #expect(!errors.isEmpty) }
    }

    @Test(arguments: rows)
    func `A manifest gets the same messages`(_ spec: String, _ expected: [String]) throws {
        let messages = try TrafficRoute.check(Self.manifest(spec)).errors.map(\.description)
        if spec.contains("null") { return #expect(!messages.isEmpty) }
        #expect(Set(expected).isSubset(of: messages), "\(messages)")
    }

    @Test(arguments: [
        (#"{\#(to),"spilt":[]}"#, "spec.conf.spilt: is unknown and has no effect: did you mean split?"),
        (
            #"{"destination":{"kuma.io/service":"b","version":1}}"#,
            "spec.conf.destination.version: must be a text, not 1: put it in quotes"
        ),
        (
            #"{\#(to),"loadBalancer":{"ringHash":{"hashFunction":"XX_HASH","minRingSize":8388609}}}"#,
            "spec.conf.loadBalancer.ringHash.minRingSize: 8388609 is not allowed: must be from 0 to 8388608"
        ),
        (
            #"{\#(to),"loadBalancer":{"roundRobin":{"a":1}}}"#,
            "spec.conf.loadBalancer.roundRobin.a: is unknown"
        ),
    ])
    func `What a schema tells is told once`(_ conf: String, _ expected: String) throws {
        let errors = try TrafficRoute.check(Self.manifest(Self.spec(conf: conf))).errors
        #expect(errors.count == 1)
        #expect(errors.first?.description.hasPrefix(expected) == true, "\(errors)")
    }

    @Test(arguments: [
        #"{"split":[{"weight":0,"destination":{"kuma.io/service":"b"}},{"weight":1.0,"destination":{"kuma.io/service":"*","version":"*"}}]}"#,
        #"{\#(to),"loadBalancer":{}}"#,
        #"{\#(to),"loadBalancer":{"roundRobin":{}}}"#,
        #"{\#(to),"loadBalancer":{"leastRequest":{}}}"#,
        #"{\#(to),"loadBalancer":{"leastRequest":{"choiceCount":2}}}"#,
        #"{\#(to),"loadBalancer":{"ringHash":{"hashFunction":"XX_HASH"}}}"#,
        #"{\#(to),"http":[]}"#,
        #"{\#(to),"http":[{"match":{"headers":{"a":{"exact":""}}},"destination":{"kuma.io/service":"c"}}]}"#,
    ])
    func `What is right is left in peace`(_ conf: String) throws {
        let errors = try TrafficRoute.check(Self.manifest(Self.spec(conf: conf))).errors
        #expect(errors.isEmpty, "\(errors)")
    }

    @Test(arguments: ["Mesh", "a.b", "-", String(repeating: "a", count: 64)])
    func `A mesh that no mesh can be called is refused`(_ mesh: String) throws {
        let manifest = try Self.manifest(Self.spec(conf: "{\(Self.to)}"), mesh: .string(mesh))
        let errors = try TrafficRoute.check(manifest).errors
        #expect(errors.map(\.path) == [["mesh"]])
    }

    @Test func `A missing spec and a misplaced mesh are told`() throws {
        let manifest: JSONValue = [
            "apiVersion": "kuma.io/v1alpha1", "kind": "TrafficRoute", "metadata": ["name": "a", "mesh": "default"],
        ]
        #expect(
            try TrafficRoute.check(manifest).errors.map(\.description) == [
                "metadata.mesh: is unknown: mesh belongs beside metadata and spec",
                "spec: is required: Whose traffic to which services, and where it goes.",
            ]
        )
    }
}
