import JSON
import TestSupport
import Testing

@testable import KubeModel

@Suite struct PodTests {
    private static func json(_ name: String) -> [UInt8] {
        Array(
            """
            {"kind":"Pod","metadata":{"name":"\(name)","namespace":"prod","uid":"0d9f21ad-8c1f-4f0a-9a3e-1d2c3b4a5f60",
              "resourceVersion":"12","labels":{"app.kubernetes.io/name":"web","tier":""},"annotations":null,
              "deletionTimestamp":"2023-11-14T22:13:20Z","managedFields":[{"manager":"m"}],
              "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-1","uid":"u","controller":true}]},
             "spec":{"containers":[{"name":"web","ports":[{"name":"http","containerPort":80,"protocol":"TCP"}]},
              {"name":"dns","ports":[{"containerPort":53,"protocol":"UDP"}]}],"volumes":[{"name":"v"}],"nodeName":"node-1"},
             "status":{"phase":"Running","reason":"Evicted","podIP":"10.0.0.1","conditions":[{"type":"Ready","status":"True"}],
              "containerStatuses":[{"name":"web","ready":true,"restartCount":2,"state":{"running":{"startedAt":"x"}}},
               {"name":"dns","ready":false,"restartCount":1,"state":{"waiting":{"reason":"CrashLoopBackOff","message":"m"}}}],
              "initContainerStatuses":[{"name":"setup","ready":true,"restartCount":0,
               "state":{"terminated":{"exitCode":3,"reason":"Error","message":"no"}}}]}}
            """.utf8
        )
    }

    private static func protobuf(_ name: String) -> [UInt8] {
        func container(_ name: String, _ port: Int64, _ portName: String, _ type: String) -> [UInt8] {
            ProtobufWriter {
                $0.string(1, name)
                $0.message(6) {
                    $0.string(1, portName)
                    $0.integer(3, port)
                    $0.string(4, type)
                }
            }.bytes
        }
        func status(_ name: String, _ restarts: Int64, _ ready: Int64, _ state: [UInt8]) -> [UInt8] {
            ProtobufWriter {
                $0.string(1, name)
                $0.bytes(2, state)
                $0.integer(4, ready)
                $0.integer(5, restarts)
            }.bytes
        }
        let running = ProtobufWriter { $0.message(2) { $0.message(1) { $0.integer(1, 5) } } }.bytes
        let waiting = ProtobufWriter {
            $0.message(1) {
                $0.string(1, "CrashLoopBackOff")
                $0.string(2, "m")
            }
        }.bytes
        let terminated = ProtobufWriter {
            $0.message(3) {
                $0.integer(1, 3)
                $0.string(3, "Error")
                $0.string(4, "no")
            }
        }.bytes
        return ProtobufWriter {
            $0.message(1) {
                $0.string(1, name)
                $0.string(3, "prod")
                $0.string(5, "0d9f21ad-8c1f-4f0a-9a3e-1d2c3b4a5f60")
                $0.string(6, "12")
                $0.message(9) { $0.integer(1, 1_700_000_000) }
                $0.map(11, ["app.kubernetes.io/name": "web", "tier": ""])
                $0.message(13) {
                    $0.string(1, "ReplicaSet")
                    $0.string(3, "web-1")
                    $0.string(4, "u")
                    $0.string(5, "apps/v1")
                    $0.integer(6, 1)
                }
                $0.message(17) { $0.string(1, "m") }
            }
            $0.message(2) {
                $0.bytes(2, container("web", 80, "http", "TCP"))
                $0.bytes(2, container("dns", 53, "", "UDP"))
                $0.string(10, "node-1")
            }
            $0.message(3) {
                $0.string(1, "Running")
                $0.message(2) {
                    $0.string(1, "Ready")
                    $0.string(2, "True")
                }
                $0.string(4, "Evicted")
                $0.string(6, "10.0.0.1")
                $0.bytes(8, status("web", 2, 1, running))
                $0.bytes(8, status("dns", 1, 0, waiting))
                $0.bytes(10, status("setup", 0, 1, terminated))
            }
        }.bytes
    }

    private static func pod(json bytes: [UInt8]) throws -> Pod {
        var reader = JSONReader(bytes)
        return try Pod(json: &reader)
    }

    private static func pod(protobuf bytes: [UInt8]) throws -> Pod {
        var reader = ProtobufReader(bytes)
        return try Pod(protobuf: &reader)
    }

    @Test func bothFormatsGiveTheSamePod() throws {
        let pod = try Self.pod(json: Self.json("web-1-abcde"))
        let other = try Self.pod(protobuf: Self.protobuf("web-1-abcde"))
        #expect(pod == other)
        #expect(pod.key == ObjectKey(namespace: "prod", name: "web-1-abcde"))
        #expect(pod.labels == ["app.kubernetes.io/name": "web", "tier": ""])
        #expect(pod.labels["tier"] == "" && pod.labels["none"] == nil && pod.annotations.isEmpty)
        #expect(pod.controller?.name == "web-1")
        #expect(
            pod.ports.map { "\($0.container) \($0.name) \($0.number) \($0.portProtocol)" } == [
                "web http 80 tcp", "dns  53 udp",
            ]
        )
        #expect(pod.containers.map(\.name) == ["setup", "web", "dns"])
        #expect(pod.containers.first?.state == .terminated(exitCode: 3, reason: "Error", message: "no"))
        #expect(pod.containers.last?.state == .waiting(reason: "CrashLoopBackOff", message: "m"))
        #expect(pod.isReady && pod.phase == .running && pod.podIP == "10.0.0.1" && pod.restartCount == 3)
        #expect(pod.nodeName == "node-1" && pod.isEvicted)
        #expect(pod.deletionTimestamp == Timestamp(secondsSinceEpoch: 1_700_000_000))
    }

    @Test func podsThatDifferAreNotConfused() throws {
        let names = (0..<3000).map { "web-7d4b9c5f6-\($0)-with-a-long-name" }
        let pods = try names.map { name in try Self.pod(protobuf: Self.protobuf(name)) }
        #expect(pods.map(\.name) == names)
        #expect(Set(pods.map(\.labels)).count == 1)
    }

    @Test func aPodWithoutANameIsRefused() {
        #expect(throws: JSONError.self) { try Self.pod(json: Array(#"{"metadata":{}}"#.utf8)) }
        #expect(throws: ProtobufError.self) { try Self.pod(protobuf: []) }
    }

    @Test func mutatedPodsAreReadOrRefusedAndNothingElse() {
        var generator = SeededGenerator(seed: 6)
        var refused = 0
        for _ in 0..<1000 {
            do { _ = try Self.pod(json: Self.json("a").mutated(using: &generator)) } catch { refused += 1 }
            do { _ = try Self.pod(protobuf: Self.protobuf("a").mutated(using: &generator)) } catch { refused += 1 }
        }
        #expect(refused > 100)
    }
}
