import JSON
import Testing

@testable import SwiftletAPI

/// Forms in which Kuma 2.14 takes a Mesh, or does not, field by field.
struct MeshFormTests {
    private static func manifest(_ spec: String) throws -> JSONValue {
        [
            "apiVersion": "kuma.io/v1alpha1", "kind": "Mesh", "metadata": ["name": "default"],
            "spec": try JSONValue(parsing: spec),
        ]
    }

    private static func authority(_ more: String) -> String {
        #"{"mtls":{"backends":[{"name":"ca","type":"builtin",\#(more)}]}}"#
    }
    private static func provided(_ conf: String) -> String {
        #"{"mtls":{"backends":[{"name":"ca","type":"provided","conf":\#(conf)}]}}"#
    }
    private static func zipkin(_ conf: String, _ more: String = "") -> String {
        #"{"tracing":{"backends":[{"name":"z","type":"zipkin"\#(more),"conf":\#(conf)}]}}"#
    }
    private static let url = #""url":"http://z:9411/api""#
    private static func datadog(_ conf: String) -> String {
        #"{"tracing":{"backends":[{"name":"d","type":"datadog","conf":\#(conf)}]}}"#
    }
    private static func prometheus(_ conf: String) -> String {
        #"{"metrics":{"backends":[{"name":"p","type":"prometheus","conf":\#(conf)}]}}"#
    }
    private static func tcp(_ conf: String) -> String {
        #"{"logging":{"backends":[{"name":"t","type":"tcp","conf":\#(conf)}]}}"#
    }

    private static let taken: [(String, String)] = [
        ("mtls: null", #"{"mtls":null}"#), ("logging: null", #"{"logging":null}"#),
        ("tracing: null", #"{"tracing":null}"#),
        ("metrics: null", #"{"metrics":null}"#), ("networking: null", #"{"networking":null}"#),
        ("routing: null", #"{"routing":null}"#), ("constraints: null", #"{"constraints":null}"#),
        ("meshServices: null", #"{"meshServices":null}"#),
        ("skipCreatingInitialPolicies: null", #"{"skipCreatingInitialPolicies":null}"#),
        ("an empty spec", "{}"),
        ("empty sections", #"{"mtls":{},"logging":{},"tracing":{},"metrics":{},"routing":{}}"#),
        ("backends: null", #"{"mtls":{"backends":null}}"#), ("backends: []", #"{"mtls":{"backends":[]}}"#),
        ("enabledBackend: ''", #"{"mtls":{"enabledBackend":""}}"#),
        ("enabledBackend: null", #"{"mtls":{"enabledBackend":null}}"#),
        ("defaultBackend: ''", #"{"logging":{"defaultBackend":""}}"#),
        ("skipValidation: null", #"{"mtls":{"skipValidation":null}}"#),
        ("mode by name", authority(#""mode":"PERMISSIVE""#)), ("mode by number", authority(#""mode":1"#)),
        ("mode: null", authority(#""mode":null"#)), ("conf: null", authority(#""conf":null"#)),
        ("conf: {}", authority(#""conf":{}"#)), ("caCert: null", authority(#""conf":{"caCert":null}"#)),
        ("RSAbits in quotes", authority(#""conf":{"caCert":{"RSAbits":"2048"}}"#)),
        ("RSAbits: null", authority(#""conf":{"caCert":{"RSAbits":null,"expiration":"10y"}}"#)),
        ("expiration: ''", authority(#""conf":{"caCert":{"expiration":""}}"#)),
        ("requestTimeout: 1m", authority(#""dpCert":{"rotation":{"expiration":"1d"},"requestTimeout":"1m"}"#)),
        ("requestTimeout: 500ms", authority(#""rootChain":{"requestTimeout":"500ms"}"#)),
        ("requestTimeout: 1m30s", authority(#""rootChain":{"requestTimeout":"1m30s"}"#)),
        ("requestTimeout: 1.5s", authority(#""rootChain":{"requestTimeout":"1.5s"}"#)),
        ("requestTimeout: 0", authority(#""rootChain":{"requestTimeout":"0"}"#)),
        ("requestTimeout: null", authority(#""dpCert":{"requestTimeout":null},"rootChain":{"requestTimeout":null}"#)),
        ("rotation: null", authority(#""dpCert":{"rotation":null}"#)),
        ("a field that nobody knows", authority(#""colour":"red""#)),
        ("a conf that nobody knows", authority(#""conf":{"caCert":{"RSAbit":1}}"#)),
        ("a data source by secret", provided(#"{"cert":{"secret":"a"},"key":{"file":"/k"}}"#)),
        ("a data source inline", provided(#"{"cert":{"inline":"YQ=="},"key":{"inlineString":"a"}}"#)),
        ("a data source of two", provided(#"{"cert":{"secret":"a","inlineString":"b"},"key":{"secret":"k"}}"#)),
        ("sampling in quotes", zipkin("{\(url)}", #","sampling":"80.5""#)),
        ("sampling: 0", zipkin("{\(url)}", #","sampling":0"#)),
        ("sampling: 100", zipkin("{\(url)}", #","sampling":"100""#)),
        ("sampling with an exponent", zipkin("{\(url)}", #","sampling":"8.05e1""#)),
        ("sampling: null", zipkin("{\(url)}", #","sampling":null"#)),
        ("apiVersion: ''", zipkin(#"{\#(url),"apiVersion":""}"#)),
        ("apiVersion: httpProto", zipkin(#"{\#(url),"apiVersion":"httpProto"}"#)),
        ("traceId128bit: null", zipkin(#"{\#(url),"traceId128bit":null,"sharedSpanContext":null}"#)),
        ("port in quotes", datadog(#"{"address":"a","port":"8126"}"#)),
        ("splitService: null", datadog(#"{"address":"a","port":1,"splitService":null}"#)),
        ("format: ''", #"{"logging":{"backends":[{"name":"t","type":"tcp","format":"","conf":{"address":"l:1"}}]}}"#),
        ("an address of IPv6", tcp(#"{"address":"[::1]:5000"}"#)),
        ("metrics' port in quotes", prometheus(#"{"port":"5670"}"#)), ("path: ''", prometheus(#"{"path":""}"#)),
        ("tags: {}", prometheus(#"{"tags":{}}"#)), ("aggregate: null", prometheus(#"{"aggregate":null}"#)),
        ("tls by number", prometheus(#"{"tls":{"mode":2}}"#)),
        ("tls by name", prometheus(#"{"tls":{"mode":"providedTLS"}}"#)),
        ("skipMTLS and tls that say the same", prometheus(#"{"skipMTLS":true,"tls":{"mode":"disabled"}}"#)),
        (
            "skipMTLS and tls that say the same, the other way",
            prometheus(#"{"skipMTLS":false,"tls":{"mode":"activeMTLSBackend"}}"#)
        ),
        ("skipMTLS: null beside tls", prometheus(#"{"skipMTLS":null,"tls":{"mode":"providedTLS"}}"#)),
        ("an aggregate's port in quotes", prometheus(#"{"aggregate":[{"name":"a","port":"80","enabled":null}]}"#)),
        ("passthrough: null", #"{"networking":{"outbound":{"passthrough":null}}}"#),
        ("outbound: null", #"{"networking":{"outbound":null}}"#),
        ("zoneEgress: null", #"{"routing":{"zoneEgress":null,"localityAwareLoadBalancing":null}}"#),
        ("requirements: null", #"{"constraints":{"dataplaneProxy":{"requirements":null,"restrictions":[]}}}"#),
        ("meshServices by number", #"{"meshServices":{"mode":3}}"#),
        ("meshServices' mode: null", #"{"meshServices":{"mode":null}}"#),
    ]

    @Test(arguments: taken)
    func whatKumaTakesIsTaken(name: String, spec: String) throws {
        let (mesh, findings) = try Mesh.check(Self.manifest(spec))
        #expect(!findings.hasErrors, "\(findings)")
        #expect(mesh?.unreadable == nil && mesh != nil)
        #expect(try !Mesh(Self.manifest(spec)).validate().hasErrors)
    }

    private static let refused: [(String, String, String)] = [
        ("mode in lower case", authority(#""mode":"strict""#), "mode: \"strict\" is not supported"),
        ("an empty mode", authority(#""mode":"""#), "mode: \"\" is not supported"),
        ("a boolean in quotes", #"{"mtls":{"skipValidation":"true"}}"#, "skipValidation: must be true or false"),
        ("RSAbits in words", authority(#""conf":{"caCert":{"RSAbits":"many"}}"#), "RSAbits: must be an integer"),
        (
            "an expiration of Go", authority(#""conf":{"caCert":{"expiration":"1.5h"}}"#),
            "expiration: has to be a valid format"
        ),
        (
            "an expiration without a unit", authority(#""dpCert":{"rotation":{"expiration":"24"}}"#),
            "expiration: has to be a valid format"
        ),
        ("an empty requestTimeout", authority(#""rootChain":{"requestTimeout":""}"#), #"time: invalid duration """#),
        (
            "a requestTimeout without a unit", authority(#""rootChain":{"requestTimeout":"10"}"#),
            #"time: missing unit in duration "10""#
        ),
        (
            "a requestTimeout in days", authority(#""dpCert":{"requestTimeout":"1d"}"#),
            #"time: unknown unit "d" in duration "1d""#
        ),
        (
            "a requestTimeout that is a number", authority(#""dpCert":{"requestTimeout":10}"#),
            "requestTimeout: must be a text"
        ),
        ("no data source", provided(#"{"cert":{"secret":"a"}}"#), "conf.key: has to be defined"),
        (
            "a data source that is null", provided(#"{"cert":null,"key":{"secret":"a"}}"#),
            "conf.cert: has to be defined"
        ),
        (
            "an empty data source", provided(#"{"cert":{},"key":{"secret":"a"}}"#),
            "conf.cert: data source cannot be empty"
        ),
        (
            "a second authority",
            #"{"mtls":{"backends":[{"name":"a","type":"builtin"},{"name":"b","type":"builtin"}]}}"#,
            "cannot have more than 1 backends"
        ),
        (
            "sampling above 100", zipkin("{\(url)}", #","sampling":"100.5""#),
            "sampling: has to be in [0.0 - 100.0] range"
        ),
        ("sampling below 0", zipkin("{\(url)}", #","sampling":-1"#), "sampling: has to be in [0.0 - 100.0] range"),
        ("sampling in words", zipkin("{\(url)}", #","sampling":"all""#), "sampling: must be a number"),
        ("an empty sampling", zipkin("{\(url)}", #","sampling":"""#), "sampling: must be a number"),
        (
            "another apiVersion", zipkin(#"{\#(url),"apiVersion":"v2"}"#),
            "apiVersion: has invalid value. Allowed values: httpJsonV1, httpJson, httpProto"
        ),
        ("an empty url", zipkin(#"{"url":""}"#), "url: cannot be empty"),
        ("a url without a port", zipkin(#"{"url":"http://z/api"}"#), "url: port has to be explicitly specified"),
        ("a datadog without a port", datadog(#"{"address":"a"}"#), "port: port must be in the range [1, 65535]"),
        ("a datadog with port 0", datadog(#"{"address":"a","port":0}"#), "port: port must be in the range [1, 65535]"),
        ("a datadog with too high a port", datadog(#"{"address":"a","port":"70000"}"#), "port: 70000 is not allowed"),
        ("a datadog without an address", datadog(#"{"port":1}"#), "address: cannot be empty"),
        ("logs without an address", tcp("{}"), "address: cannot be empty"),
        ("logs without a port", tcp(#"{"address":"l"}"#), "address: has to be in format of HOST:PORT"),
        ("logs without a host", tcp(#"{"address":":1"}"#), "address: has to be in format of HOST:PORT"),
        (
            "a file without a path", #"{"logging":{"backends":[{"name":"f","type":"file","conf":{"path":""}}]}}"#,
            "path: cannot be empty"
        ),
        (
            "a backend without a name", #"{"logging":{"backends":[{"type":"tcp","conf":{"address":"l:1"}}]}}"#,
            "name: cannot be empty"
        ),
        (
            "a type that nobody knows", #"{"logging":{"backends":[{"name":"a","type":"udp"}]}}"#,
            #"unknown backend type. Available backends: "tcp", "file""#
        ),
        (
            "skipMTLS against tls", prometheus(#"{"skipMTLS":true,"tls":{"mode":"activeMTLSBackend"}}"#),
            "skipMTLS and tls configuration cannot be defined together"
        ),
        ("another tls", prometheus(#"{"tls":{"mode":"on"}}"#), "tls.mode: \"on\" is not supported"),
        ("a tag that is a number", prometheus(#"{"tags":{"a":1}}"#), "tags.a: must be a text"),
        ("zoneEgress without mtls", #"{"routing":{"zoneEgress":true}}"#, "mtls: has to be set when zoneEgress enabled"),
        (
            "a constraint without tags", #"{"constraints":{"dataplaneProxy":{"restrictions":[{}]}}}"#,
            "tags: must have at least one tag"
        ),
        ("another mode of meshServices", #"{"meshServices":{"mode":"on"}}"#, "mode: \"on\" is not supported"),
        ("a spec that is a list", "[]", "spec: must be an object"),
    ]

    @Test(arguments: refused)
    func whatKumaRefusesIsRefused(name: String, spec: String, message: String) throws {
        let findings = try Mesh.check(Self.manifest(spec)).errors
        #expect(findings.contains { $0.severity == .error && $0.description.contains(message) }, "\(findings)")
    }
}
