import EnvoyAPI
import Foundation
import TestSupport
import Testing

@testable import XDS

/// Random meshes, random order, lost streams: whatever happens, the client ends where it should and never serves what is not there.
struct PushMachineModelTests {
    /// A random snapshot that is consistent in itself, apart from what is marked as bad.
    private func mesh(
        _ generation: UInt64,
        badness: Int,
        _ random: inout SeededGenerator
    ) -> ProxySnapshot {
        func version(_ limit: Int) -> String {
            let isBad = badness > 0 && Int.random(in: 0..<100, using: &random) < badness
            return (isBad ? "bad" : "v") + String(Int.random(in: 0..<limit, using: &random))
        }
        let clusters = (0..<6).map { "c\($0)" }.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
        var shared: [EncodedResource] = []
        for cluster in clusters {
            shared.append(resource(.cluster, cluster, version(3)))
            shared.append(resource(.endpoint, cluster, "v\(Int.random(in: 0..<3, using: &random))"))
        }
        var own: [EncodedResource] = []
        for number in 0..<4 where Bool.random(using: &random) && !clusters.isEmpty {
            own.append(resource(.listener, "l\(number)", version(2), to: ["r\(number)"]))
            let to = clusters.shuffled(using: &random).prefix(2).sorted()
            own.append(resource(.route, "r\(number)", version(2) + to.joined(separator: "+"), to: to))
        }
        return ProxySnapshot(layers: [layer(shared), layer(own)], generation: generation)
    }

    /// More of them for a search: `SWIFTLET_MODEL_SEEDS=10000`.
    private static let seeds = ProcessInfo.processInfo.environment["SWIFTLET_MODEL_SEEDS"].flatMap { Int($0) } ?? 500

    @Test(arguments: 0..<seeds)
    func convergesAndNeverBreaks(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let badness = seed % 3 == 0 ? 0 : 12
        var options = PushOptions()
        options.responseBytes = seed % 2 == 0 ? 1 << 20 : 200
        let sharing = PushSharing()
        var machine = PushMachine(sharing: sharing, options: options)
        var envoy = ModelEnvoy()
        var now = ContinuousClock.now
        var down: [PushResponse] = []
        var generation: UInt64 = 1
        var newest = mesh(generation, badness: badness, &random)

        var trace: [String] = []
        func note(_ actions: [PushAction]) {
            trace += actions.map { "    " + $0.text }
            for case .send(let response) in actions { down.append(response) }
        }
        /// The older one stays in the way of the newer one, as on a stream.
        func step(_ random: inout SeededGenerator) throws -> Bool {
            let canTake = !down.isEmpty
            let canSend = !envoy.requests.isEmpty
            guard canTake || canSend else { return false }
            if canTake, !canSend || Bool.random(using: &random) {
                trace.append("  envoy takes \(down[0].nonce) \(PushAction.send(down[0]).text)")
                envoy.take(down.removeFirst(), &random)
            } else {
                let request = envoy.requests.removeFirst()
                trace.append(request.text)
                note(try machine.receive(request, now: now))
            }
            return true
        }
        func reconnect() {
            trace.append("--- reconnect")
            machine = PushMachine(sharing: sharing, options: options)
            down = []
            envoy.connect()
            note(machine.publish(newest, now: now))
        }

        reconnect()
        for _ in 0..<120 {
            switch Int.random(in: 0..<40, using: &random) {
            case 0: if !envoy.hasUnreported { reconnect() }
            case 1...5:
                generation += 1
                newest = mesh(generation, badness: badness, &random)
                trace.append("publish \(generation) \(newest.text)")
                note(machine.publish(newest, now: now))
            case 6:
                // Acknowledgments come later than they are waited for.
                now += .seconds(16)
                trace.append("--- 16 s")
                note(machine.expire(now: now))
            default: _ = try step(&random)
            }
        }
        for _ in 0..<2000 {
            if try step(&random) { continue }
            // Envoy gives up waiting for endpoints after 15 seconds, and so do we.
            guard !envoy.warming.isEmpty || machine.deadline != nil else { break }
            now += .seconds(16)
            note(machine.expire(now: now))
            envoy.giveUpWarming()
        }

        // On failure the trace tells how it came about.
        #expect(envoy.faults == [], "\(trace.joined(separator: "\n"))")
        #expect(down.isEmpty && envoy.requests.isEmpty)
        #expect(machine.reported == generation)
        let rejected = Set(machine.rejections.map { "\($0.type) \($0.name)" })
        for type in [ResourceType.cluster, .endpoint, .listener, .route] {
            let have = envoy.have[type] ?? [:]
            let wanted = newest.layers.reduce(into: [String: EncodedResource]()) { all, layer in
                for name in layer.entries(of: type).keys { all[name] = newest.resource(type, name) }
            }
            for (name, resource) in wanted {
                if type == .endpoint || type == .route, envoy.asked[type]?.contains(name) != true { continue }
                if rejected.contains("\(type) \(name)") { continue }
                #expect(have[name]?.version == resource.version, "\(type) \(name)")
            }
            if rejected.isEmpty { #expect(Set(have.keys).subtracting(wanted.keys) == [], "\(type)") }
        }
        if badness == 0 { #expect(rejected == []) }
        for rejection in machine.rejections where rejection.type != .route {
            #expect(rejection.version.hasPrefix("bad"), "\(rejection)")
        }
    }
}

extension ModelEnvoy {
    mutating func giveUpWarming() {
        warming = []
        releaseAnswers()
        if !isListening {
            isListening = true
            requests.append(request(.listener))
        }
    }
}

extension DeltaRequest {
    fileprivate var text: String {
        let type = ResourceType(typeURL: typeURL).map { "\($0)" } ?? typeURL
        let words = [type, "?"] + subscribe.map { "+\($0)" } + unsubscribe.map { "-\($0)" }
        return (words + [nonce, failure?.message ?? "", initialVersions.isEmpty ? "" : "\(initialVersions)"])
            .joined(separator: " ")
    }
}

extension ProxySnapshot {
    fileprivate var text: String {
        layers.flatMap { layer in
            ResourceType.allCases.flatMap { type in
                layer.entries(of: type).keys.sorted().map { "\(type).\($0)@\(resource(type, $0)?.version ?? "")" }
            }
        }.joined(separator: " ")
    }
}
