import JSON
import TestSupport
import Testing

@testable import KubeModel

@Suite struct KubeServiceTests {
    private static let json = Array(
        """
        {"kind":"Service","metadata":{"name":"web","namespace":"shop","uid":"0d9f21ad-8c1f-4f0a-9a3e-1d2c3b4a5f60",
          "resourceVersion":"7","labels":{"a":"b"},"annotations":{"kuma.io/ignore":"true",
          "kubectl.kubernetes.io/last-applied-configuration":"{}"},"managedFields":[{"manager":"m"}]},
         "spec":{"type":"NodePort","clusterIP":"10.0.0.1","clusterIPs":["10.0.0.1","fd00::1"],
          "selector":{"tier":"web","app":"shop"},"ports":[
           {"name":"http","port":80,"targetPort":"web","protocol":"TCP","appProtocol":"http","nodePort":30080},
           {"name":"dns","port":53,"targetPort":5353,"protocol":"UDP"},{"name":"same","port":9000}]},
         "status":{"loadBalancer":{}}}
        """.utf8
    )

    private static let protobuf = ProtobufWriter {
        $0.message(1) {
            $0.string(1, "web")
            $0.string(3, "shop")
            $0.string(5, "0d9f21ad-8c1f-4f0a-9a3e-1d2c3b4a5f60")
            $0.string(6, "7")
            $0.map(12, ["kuma.io/ignore": "true", FlatMap.lastApplied: "{}"])
        }
        $0.message(2) {
            $0.message(1) {
                $0.string(1, "http")
                $0.string(2, "TCP")
                $0.integer(3, 80)
                $0.message(4) {
                    $0.integer(1, 1)
                    $0.integer(2, 0)
                    $0.string(3, "web")
                }
                $0.integer(5, 30080)
                $0.string(6, "http")
            }
            $0.message(1) {
                $0.string(1, "dns")
                $0.string(2, "UDP")
                $0.integer(3, 53)
                $0.message(4) {
                    $0.integer(1, 0)
                    $0.integer(2, 5353)
                }
            }
            $0.message(1) {
                $0.string(1, "same")
                $0.integer(3, 9000)
            }
            $0.map(2, ["tier": "web", "app": "shop"])
            $0.string(3, "10.0.0.1")
            $0.string(4, "NodePort")
            $0.string(18, "10.0.0.1")
            $0.string(18, "fd00::1")
        }
    }.bytes

    private static func service(json bytes: [UInt8]) throws -> KubeService {
        var reader = JSONReader(bytes)
        return try KubeService(json: &reader)
    }

    private static func service(protobuf bytes: [UInt8]) throws -> KubeService {
        var reader = ProtobufReader(bytes)
        return try KubeService(protobuf: &reader)
    }

    private static func service(spec: String) throws -> KubeService {
        try service(json: Array(#"{"metadata":{"name":"s"},"spec":\#(spec)}"#.utf8))
    }

    @Test func bothFormatsGiveTheSameService() throws {
        let service = try Self.service(json: Self.json)
        #expect(try service == Self.service(protobuf: Self.protobuf))
        #expect(service.key == ObjectKey(namespace: "shop", name: "web"))
        #expect(service.resourceVersion == ResourceVersion(7))
        #expect(service.annotations == ["kuma.io/ignore": "true"])
        #expect(service.selector == ["app": "shop", "tier": "web"])
        #expect(service.kind == .nodePort && !service.isHeadless)
        #expect(service.clusterIPs == ["10.0.0.1", "fd00::1"])
        #expect(service.ports.map(\.name) == ["http", "dns", "same"])
        #expect(service.ports.map(\.number) == [80, 53, 9000])
        #expect(service.ports.map(\.portProtocol) == [.tcp, .udp, .tcp])
        #expect(service.ports.map(\.target) == [.name("web"), .number(5353), .number(9000)])
        #expect(service.ports.map(\.appProtocol) == ["http", nil, nil])
    }

    @Test(arguments: [
        (#"{"clusterIP":"None"}"#, true, []),
        (#"{"clusterIP":"None","clusterIPs":["None"]}"#, true, []),
        (#"{"clusterIP":"10.0.0.1"}"#, false, ["10.0.0.1"]),
        (#"{"clusterIP":"","clusterIPs":[]}"#, false, []),
        (#"{"clusterIPs":null}"#, false, []),
        ("{}", false, []),
    ])
    func addressesComeFromEitherField(spec: String, isHeadless: Bool, addresses: [String]) throws {
        let service = try Self.service(spec: spec)
        #expect(service.isHeadless == isHeadless)
        #expect(service.clusterIPs == addresses)
    }

    @Test(arguments: [#"{"ports":[{"port":70000}]}"#, #"{"ports":[{"port":80,"targetPort":-1}]}"#])
    func aPortOutOfRangeIsRefused(spec: String) {
        #expect(throws: JSONError.self) { try Self.service(spec: spec) }
    }

    @Test func aServiceWithoutANameIsRefused() {
        #expect(throws: JSONError.self) { try Self.service(json: Array(#"{"metadata":{}}"#.utf8)) }
        #expect(throws: ProtobufError.self) { try Self.service(protobuf: []) }
    }

    @Test func mutatedServicesAreReadOrRefusedAndNothingElse() {
        var generator = SeededGenerator(seed: 8)
        var refused = 0
        for _ in 0..<1000 {
            do { _ = try Self.service(json: Self.json.mutated(using: &generator)) } catch { refused += 1 }
            do { _ = try Self.service(protobuf: Self.protobuf.mutated(using: &generator)) } catch { refused += 1 }
        }
        #expect(refused > 100)
    }

    @Test func whereToSendIsReadFromBothForms() throws {
        let bytes = ProtobufWriter {
            $0.message(1) { $0.string(1, "web") }
            $0.message(2) {
                $0.string(22, "Local")
                $0.string(23, "PreferClose")
            }
        }.bytes
        var protobuf = ProtobufReader(bytes)
        var json = JSONReader(
            Array(
                #"{"metadata":{"name":"web"},"spec":{"internalTrafficPolicy":"Local","trafficDistribution":"PreferClose"}}"#
                    .utf8
            )
        )
        for service in [try KubeService(protobuf: &protobuf), try KubeService(json: &json)] {
            #expect(service.internalTrafficPolicy == "Local" && service.trafficDistribution == "PreferClose")
        }
    }
}
