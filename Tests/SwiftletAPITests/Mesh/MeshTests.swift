import JSON
import KubeModel
import Testing
import YAML

@testable import SwiftletAPI

struct MeshTests {
    private static func manifest(_ spec: String, name: String = "default") throws -> JSONValue {
        var manifest: JSONValue = [
            "apiVersion": "kuma.io/v1alpha1", "kind": "Mesh", "metadata": ["name": .string(name)],
        ]
        manifest["spec"] = try spec.isEmpty ? nil : JSONValue(parsing: spec)
        return manifest
    }

    private static func errors(_ spec: String) throws -> [String] {
        try Mesh.check(manifest(spec)).errors.map(\.description)
    }

    @Test func `A name is all that a mesh needs`() throws {
        let (mesh, errors) = try Mesh.check(Self.manifest(""))
        #expect(errors.isEmpty)
        #expect(mesh?.spec == MeshSpec())
        #expect(mesh?.allowsPassthrough == true)
        #expect(mesh?.inactiveFields == [])
    }

    @Test(arguments: [
        ("{}", true), (#"{"networking":{}}"#, true), (#"{"networking":{"outbound":{}}}"#, true),
        (#"{"networking":{"outbound":{"passthrough":true}}}"#, true),
        (#"{"networking":{"outbound":{"passthrough":false}}}"#, false),
    ])
    func `Traffic out of the mesh passes unless it is forbidden`(_ spec: String, _ expected: Bool) throws {
        let mesh = try Mesh(Self.manifest(spec))
        #expect(mesh.allowsPassthrough == expected)
        #expect(mesh.inactiveFields == [])
    }

    /// What Kuma 2.14 knows.
    private static let everything = """
        {"mtls": {"enabledBackend": "ca-1", "skipValidation": true, "backends": [{"name": "ca-1", "type": "builtin", "mode": "PERMISSIVE",
        "dpCert": {"rotation": {"expiration": "24h"}, "requestTimeout": "10s"}, "rootChain": {"requestTimeout": "0.5s"},
        "conf": {"caCert": {"RSAbits": 2048, "expiration": "10y"}}}]},
        "tracing": {"defaultBackend": "z", "backends": [{"name": "z", "type": "zipkin", "sampling": 12.5, "conf":
        {"url": "http://zipkin.tracing:9411/api/v2/spans", "traceId128bit": true, "apiVersion": "httpJson", "sharedSpanContext": false}},
        {"name": "d", "type": "datadog", "conf": {"address": "127.0.0.1", "port": 8126, "splitService": true}}]},
        "logging": {"defaultBackend": "f", "backends": [{"name": "f", "format": "%START_TIME%", "type": "file", "conf": {"path": "/tmp/l"}},
        {"name": "t", "type": "tcp", "conf": {"address": "127.0.0.1:5000"}}]},
        "metrics": {"enabledBackend": "p", "backends": [{"name": "p", "type": "prometheus", "conf": {"port": 5670, "path": "/metrics",
        "tags": {"kuma.io/service": "m"}, "skipMTLS": true, "aggregate": [{"name": "app", "port": 80, "path": "/m", "enabled": true,
        "address": "127.0.0.1"}], "envoy": {"filterRegex": "http2_.*", "usedOnly": true}}}]},
        "networking": {"outbound": {"passthrough": false}},
        "routing": {"localityAwareLoadBalancing": true, "zoneEgress": true, "defaultForbidMeshExternalServiceAccess": true},
        "constraints": {"dataplaneProxy": {"requirements": [{"tags": {"team": "*"}}], "restrictions": [{"tags": {"legacy": "true"}}]}},
        "skipCreatingInitialPolicies": ["*"], "meshServices": {"mode": "Exclusive"}}
        """

    @Test func `All that Kuma knows is accepted, and what does nothing yet is named`() throws {
        let (mesh, errors) = try Mesh.check(Self.manifest(Self.everything))
        #expect(errors.isEmpty, "\(errors)")
        #expect(
            mesh?.inactiveFields.map(\.description) == [
                "spec.constraints", "spec.logging", "spec.meshServices.mode", "spec.metrics", "spec.mtls",
                "spec.routing.defaultForbidMeshExternalServiceAccess", "spec.routing.localityAwareLoadBalancing",
                "spec.routing.zoneEgress", "spec.tracing",
            ]
        )
    }

    /// A new field must be classified: this fails until somebody did.
    @Test func `Every field of the spec is either active or named`() throws {
        let mesh = try Mesh(Self.manifest(Self.everything))
        let named = Set(mesh.inactiveFields.compactMap { $0.elements.dropFirst().first })
        // No policies are made with a mesh, so that skipping them is no wish left open.
        let active: Set<FieldPath.Element> = ["networking", "skipCreatingInitialPolicies"]
        #expect(named.union(active) == Set(MeshSpec.CodingKeys.allCases.map { .key($0.stringValue) }))
        #expect(named.isDisjoint(with: active))
    }

    @Test(arguments: [
        #"{"mtls":{"backends":[{"name":"ca","type":"builtin"}]}}"#, #"{"mtls":{}}"#,
        #"{"routing":{"zoneEgress":false}}"#,
        #"{"meshServices":{"mode":"Disabled"}}"#, #"{"tracing":{},"logging":{},"metrics":{}}"#, #"{"constraints":{}}"#,
    ])
    func `What asks for nothing is not named`(_ spec: String) throws {
        #expect(try Self.errors(spec).isEmpty)
        #expect(try Mesh(Self.manifest(spec)).inactiveFields == [])
    }

    @Test(arguments: [
        (
            #"{"mtls":{"backends":[{"name":"a","type":"builtin"},{"name":"b","type":"builtin"}]}}"#,
            "mtls.backends: cannot have more than 1 backends"
        ),
        (
            #"{"mtls":{"enabledBackend":"b","backends":[{"name":"a","type":"builtin"}]}}"#,
            "mtls.enabledBackend: has to be set to one of the backends in the mesh"
        ),
        (#"{"mtls":{"backends":[{"type":"builtin"}]}}"#, "mtls.backends[0].name: cannot be empty"),
        (
            #"{"mtls":{"backends":[{"name":"a","type":"vault"}]}}"#,
            #"mtls.backends[0].type: unknown backend type. Available backends: "builtin", "provided""#
        ),
        (
            #"{"mtls":{"backends":[{"name":"a","type":"builtin","mode":"strict"}]}}"#,
            #"mtls.backends[0].mode: "strict" is not supported: use "STRICT" or "PERMISSIVE""#
        ),
        (
            #"{"mtls":{"backends":[{"name":"a","type":"builtin","dpCert":{"rotation":{"expiration":"1 day"}}}]}}"#,
            "mtls.backends[0].dpCert.rotation.expiration: has to be a valid format"
        ),
        (
            #"{"mtls":{"backends":[{"name":"a","type":"builtin","rootChain":{"requestTimeout":"1x"}}]}}"#,
            #"mtls.backends[0].rootChain.requestTimeout: time: unknown unit "x" in duration "1x": write such as 10s, 1m30s or 500ms"#
        ),
        (
            #"{"mtls":{"backends":[{"name":"a","type":"builtin","conf":{"caCert":{"RSAbit":2048}}}]}}"#,
            "mtls.backends[0].conf.caCert.RSAbit: is unknown and has no effect: did you mean RSAbits?"
        ),
        (
            #"{"mtls":{"backends":[{"name":"a","type":"provided","conf":{"cert":{"secret":"s"}}}]}}"#,
            "mtls.backends[0].conf.key: has to be defined"
        ),
        (
            #"{"mtls":{"backends":[{"name":"a","type":"provided","conf":{"cert":{},"key":{"file":"/k"}}}]}}"#,
            "mtls.backends[0].conf.cert: data source cannot be empty"
        ),
        (
            #"{"tracing":{"defaultBackend":"a"}}"#,
            "tracing.defaultBackend: has to be set to one of the tracing backend in mesh"
        ),
        (
            #"{"tracing":{"backends":[{"name":"a","type":"zipkin","sampling":100.5,"conf":{"url":"http://z:1"}}]}}"#,
            "tracing.backends[0].sampling: has to be in [0.0 - 100.0] range"
        ),
        (
            #"{"tracing":{"backends":[{"name":"a","type":"zipkin"}]}}"#,
            "tracing.backends[0].conf.url: cannot be empty"
        ),
        (
            #"{"tracing":{"backends":[{"name":"a","type":"zipkin","conf":{"url":"http://zipkin/api"}}]}}"#,
            "tracing.backends[0].conf.url: port has to be explicitly specified"
        ),
        (
            #"{"tracing":{"backends":[{"name":"a","type":"zipkin","conf":{"url":"zipkin"}}]}}"#,
            "tracing.backends[0].conf.url: invalid URL"
        ),
        (
            #"{"tracing":{"backends":[{"name":"a","type":"datadog","conf":{"port":8126}}]}}"#,
            "tracing.backends[0].conf.address: cannot be empty"
        ),
        (
            #"{"logging":{"defaultBackend":"a"}}"#,
            "logging.defaultBackend: has to be set to one of the logging backend in mesh"
        ),
        (
            #"{"logging":{"backends":[{"name":"a","type":"file","conf":{}}]}}"#,
            "logging.backends[0].conf.path: cannot be empty"
        ),
        (
            #"{"logging":{"backends":[{"name":"a","type":"tcp","conf":{"address":"logs"}}]}}"#,
            "logging.backends[0].conf.address: has to be in format of HOST:PORT"
        ),
        (
            #"{"logging":{"backends":[{"name":"a","type":"tcp","conf":{"address":"l:1"}},{"name":"a","type":"tcp","conf":{"address":"l:1"}}]}}"#,
            #"logging.backends[1].name: "a" name is already used for another backend"#
        ),
        (
            #"{"metrics":{"enabledBackend":"a"}}"#,
            "metrics.enabledBackend: has to be set to one of the backends in the mesh"
        ),
        (
            #"{"metrics":{"backends":[{"name":"a","type":"prometheus","conf":{"skipMTLS":true,"tls":{}}}]}}"#,
            "metrics.backends[0].conf: skipMTLS and tls configuration cannot be defined together"
        ),
        (
            #"{"metrics":{"backends":[{"name":"a","type":"prometheus","conf":{"aggregate":[{"name":"x"},{"name":"x"}]}}]}}"#,
            "metrics.backends[0].conf.aggregate[1].name: duplicate entry: x, values have to be unique"
        ),
        (
            #"{"metrics":{"backends":[{"name":"a","type":"prometheus","conf":{"envoy":{"filterRegex":"("}}}]}}"#,
            "metrics.backends[0].conf.envoy.filterRegex: provided regexp isn't correct: has a ( without its )"
        ),
        (
            #"{"constraints":{"dataplaneProxy":{"requirements":[{"tags":{}}]}}}"#,
            "constraints.dataplaneProxy.requirements[0].tags: must have at least one tag"
        ),
        (#"{"routing":{"zoneEgress":true}}"#, "mtls: has to be set when zoneEgress enabled"),
        (
            #"{"meshServices":{"mode":"exclusive"}}"#,
            #"meshServices.mode: "exclusive" is not supported: use one of "Disabled", "Everywhere", "ReachableBackends", "Exclusive""#
        ),
        (
            #"{"networking":{"outbound":{"passThrough":true}}}"#,
            "networking.outbound.passThrough: is unknown and has no effect: did you mean passthrough?"
        ),
    ])
    func `What is wrong is told in Kuma's words`(_ spec: String, _ expected: String) throws {
        #expect(try Self.errors(spec) == ["spec.\(expected)"])
    }

    @Test(arguments: ["a.b", "A", "-a"])
    func `A name that would make proxies' names ambiguous is refused`(_ name: String) throws {
        #expect(try Mesh.check(Self.manifest("", name: name)).errors.map(\.path) == [["metadata", "name"]])
    }

    @Test func `An object that cannot be read is there to be reported`() throws {
        let mesh = try Mesh(Self.manifest(#"{"networking":{"outbound":{"passthrough":"no"}}}"#))
        #expect(
            mesh.validate().map(\.description) == [
                "spec.networking.outbound.passthrough: expected boolean, found string"
            ]
        )
    }

    @Test func `The sample has nothing wrong with it`() throws {
        let text = try Repository.text(of: "manifests/samples/mesh.yaml")
        for document in try YAML.documents(Array(text.utf8), source: "mesh.yaml") {
            #expect(try Mesh.check(document.value).errors.isEmpty)
        }
    }

    @Test func `Both kinds are cluster-scoped and in the category of the mesh`() throws {
        for definition in [try Mesh.definition(), try TrafficRoute.definition()] {
            let spec = definition.json["spec"]
            #expect(spec?["scope"] == "Cluster")
            #expect(spec?[path: "names", "categories"] == ["kuma"])
            #expect(spec?["group"] == "kuma.io")
        }
        #expect(try TrafficRoute.definition().json[path: "metadata", "name"] == "trafficroutes.kuma.io")
        #expect(
            try TrafficRoute.definition().objectSchema.json[path: "properties", "mesh", "default"] == "default"
        )
    }
}
