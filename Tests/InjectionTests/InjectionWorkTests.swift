import JSON
import Synchronization
import Testing

@testable import Injection

/// What a review costs, in steps: elements of the pod that were looked at.
struct InjectionWorkTests {
    private final class Steps: Sendable {
        private let total = Mutex(0)
        @discardableResult func add() -> Int {
            total.withLock {
                $0 += 1
                return $0
            }
        }
        var count: Int { total.withLock { $0 } }
    }

    private static func steps(of pod: JSONValue, by injector: SidecarInjector = .native) throws -> Int {
        let steps = Steps()
        try InjectionWork.$observer.withValue({ _ = steps.add() }) {
            do {
                _ = try injector.inject(pod)
            } catch let error as InjectionError {
                // Of some of these pods the bootstrap gets too long, after all the work.
                #expect(error.reason == .tooLarge, "\(error)")
            }
        }
        return steps.count
    }

    enum Part: String, CaseIterable, Sendable {
        case environment, excludedPorts, tcpProbes, grpcProbes, ports, containers, initContainers, volumes, labels,
            annotations, staleProbes
    }

    private static func containers(_ size: Int, _ member: (Int) -> [String: JSONValue] = { _ in [:] }) -> JSONValue {
        .array((0..<size).map { .object(member($0).merging(["name": .string("c\($0)")]) { $1 }) })
    }

    /// A pod with `size` of a part.
    static func pod(_ part: Part, _ size: Int) throws -> JSONValue {
        var pod = simplePod
        func list(_ entry: (Int) -> String, _ separator: String) -> JSONValue {
            .string((0..<size).map(entry).joined(separator: separator))
        }
        switch part {
        case .environment:
            pod[path: "metadata", "annotations"] = [MetadataKey.environment: list({ "K\($0)=\($0)" }, ";")]
        case .excludedPorts:
            pod[path: "metadata", "annotations"] = [MetadataKey.excludeOutboundPorts: list({ "\($0 + 1)" }, ",")]
        case .tcpProbes:
            pod[path: "spec", "containers"] = containers(size) {
                ["livenessProbe": ["tcpSocket": ["port": .int(Int64(20_000 + $0))]]]
            }
        case .grpcProbes:
            // The ports that the sidecar would have are all taken.
            pod[path: "spec", "containers"] = containers(size) { index in
                [
                    "startupProbe": ["grpc": ["port": .int(Int64(20_000 + index))]],
                    "ports": [["containerPort": .int(Int64(10_002 + index))]],
                ]
            }
            pod[path: "metadata", "annotations"] = [MetadataKey.adminPort: "19901", MetadataKey.probePort: "10001"]
        case .ports:
            pod[path: "spec", "containers"] = [
                [
                    "name": "c",
                    "ports": .array((0..<size).map { ["containerPort": .int(Int64(20_000 + $0))] }),
                    "livenessProbe": ["httpGet": ["port": 80]],
                ]
            ]
        case .containers: pod[path: "spec", "containers"] = containers(size)
        case .initContainers: pod[path: "spec", "initContainers"] = containers(size)
        case .volumes: pod[path: "spec", "volumes"] = containers(size)
        case .labels, .annotations:
            pod[path: "metadata", part.rawValue] = .strings(
                Dictionary((0..<size).map { ("key\($0)", "v") }, uniquingKeysWith: { $1 })
            )
        case .staleProbes:
            let probed = containers(size) { ["livenessProbe": ["tcpSocket": ["port": .int(Int64(20_000 + $0))]]] }
            pod[path: "spec", "containers"] = probed
            pod = try SidecarInjector.native.inject(pod).object
            pod["metadata"] = ["name": "copy"]
        }
        return pod
    }

    @Test(arguments: Part.allCases)
    func workIsInProportionToThePod(part: Part) throws {
        let unit =
            switch part {
            case .environment, .excludedPorts: 60
            // Few enough for the bootstrap.
            case .tcpProbes, .staleProbes: 30
            default: 120
            }
        let steps = try [1, 2, 4].map { try Self.steps(of: Self.pod(part, $0 * unit)) }
        // Twice as much more is twice as many steps more.
        #expect(steps[1] - steps[0] >= unit, "\(steps)")
        #expect(Double(steps[2] - steps[1]) <= 2.1 * Double(steps[1] - steps[0]), "\(steps)")
        #expect(steps[2] <= 20 * 4 * unit + 200, "\(steps)")
    }

    @Test(
        arguments: [
            (.environment, InjectionLimits.environment, "more than the 256 entries allowed"),
            (.excludedPorts, InjectionLimits.exclusions, "more than the 256 entries allowed"),
            (.tcpProbes, InjectionLimits.probes, "more than the 512 different probes"),
            (.grpcProbes, InjectionLimits.probes, "more than the 512 different probes"),
            (.ports, InjectionLimits.ports, "at most 32768 ports"),
            (.containers, InjectionLimits.containers, "at most 1000 containers"),
            (.volumes, InjectionLimits.volumes, "at most 2000 volumes"),
        ] as [(Part, Int, String)]
    )
    func whatIsTooMuchIsRefusedByName(part: Part, limit: Int, message: String) throws {
        // One of the containers' parts is there before.
        let more = part == .containers ? limit + 1 : limit + 2
        let error = try #require(throws: InjectionError.self) {
            try SidecarInjector.native.inject(Self.pod(part, more))
        }
        #expect(error.message.contains(message), "\(error)")
    }

    @Test func whatIsFarTooMuchCostsNoMoreThanWhatIsAllowed() throws {
        for part in [Part.environment, .excludedPorts] {
            let pod = try Self.pod(part, part == .environment ? 200_000 : 60_000)
            let steps = Steps()
            InjectionWork.$observer.withValue({ _ = steps.add() }) {
                #expect(throws: InjectionError.self) { try SidecarInjector.native.inject(pod) }
            }
            #expect(steps.count < 400, "\(part): \(steps.count)")
        }
    }

    @Test func rulesForUsersAreCountedTogether() throws {
        var pod = simplePod
        let ports = (1...100).map { "\($0)" }.joined(separator: ",")
        let users = (1...3).map { "tcp:\(ports):\($0)" }.joined(separator: ";")
        pod[path: "metadata", "annotations"] = [MetadataKey.excludeOutboundPortsForUIDs: .string(users)]
        let error = try #require(throws: InjectionError.self) { try SidecarInjector.native.inject(pod) }
        #expect(error.message.contains("more than the 256"))
    }

    @Test func aReviewThatHasEndedIsNotWorkedOn() async throws {
        let pod = try Self.pod(.containers, 500)
        let steps = Steps()
        let task = Task {
            try InjectionWork.$observer.withValue({
                // In the middle of it.
                if steps.add() == 100 { withUnsafeCurrentTask { $0?.cancel() } }
            }) { try SidecarInjector.native.inject(pod) }
        }
        let error = await #expect(throws: InjectionError.self) { _ = try await task.value }
        #expect(error?.reason == .cancelled)
        #expect(steps.count == 100)
    }

    /// Would take minutes if each bracket were looked for to the end of the text.
    @Test func manyOpenBracketsAreExpandedInOnePass() {
        let text = String(repeating: "$(", count: 500_000)
        #expect(VariableExpansion.expanded(text, [:]) == text)
    }
}
