import EnvoyAPI
import TestSupport

@testable import XDS

/// A client that behaves as Envoy does: starts in its order, keeps the ACK of clusters until they are warm, refuses routes to clusters that
/// it does not have, applies what is good of a response or nothing of it, and tells after a reconnect what it has.
struct ModelEnvoy {
    var have: [ResourceType: [String: EncodedResource]] = [:]
    /// Versions as Envoy reports them: those of responses that it acknowledged.
    var versions: [ResourceType: [String: String]] = [:]
    var warming: Set<String> = []
    /// Nonces of clusters that are not answered before all is warm, and why they are rejected.
    var heldAnswers: [(nonce: String, failure: String?)] = []
    var requests: [DeltaRequest] = []
    var asked: [ResourceType: Set<String>] = [:]
    var isListening = false
    var faults: [String] = []
    var removals = 0
    var nacks = 0

    private func references(_ resource: EncodedResource) -> [String] {
        String(decoding: resource.message, as: UTF8.self).split(separator: ",").dropFirst().map(String.init)
    }

    private func isBad(_ resource: EncodedResource) -> Bool {
        if resource.version.hasPrefix("bad") { return true }
        guard resource.type == .route else { return false }
        return references(resource).contains { have[.cluster]?[$0] == nil }
    }

    /// It may have lost interest since it asked. Then it notes no version either.
    private func isWanted(_ resource: EncodedResource) -> Bool {
        guard resource.type == .endpoint || resource.type == .route else { return true }
        return asked[resource.type]?.contains(resource.name) ?? false
    }

    /// Whether it applied something of a response that it rejected. After a reconnect it would not tell, as Envoy would not.
    var hasUnreported: Bool {
        [ResourceType.cluster, .listener].contains { type in
            (have[type] ?? [:]).mapValues(\.version) != versions[type] ?? [:]
        }
    }

    /// The requests of a new stream.
    mutating func connect() {
        requests = [request(.cluster, versions: versions[.cluster] ?? [:])]
        heldAnswers = []
        for type in [ResourceType.endpoint, .listener, .route] {
            if type == .listener {
                if isListening { requests.append(request(.listener, versions: versions[.listener] ?? [:])) }
                continue
            }
            guard let names = asked[type], !names.isEmpty else { continue }
            let known = (versions[type] ?? [:]).filter { names.contains($0.key) }
            requests.append(request(type, subscribe: names.sorted(), versions: known))
        }
    }

    mutating func take(_ response: PushResponse, _ random: inout SeededGenerator) {
        let type = response.type
        let bad = response.resources.filter(isBad)
        let appliesGood = bad.isEmpty || Bool.random(using: &random)
        for resource in response.resources where appliesGood && !isBad(resource) && isWanted(resource) {
            have[type, default: [:]][resource.name] = resource
            if type == .cluster { warming.insert(resource.name) }
            if type == .endpoint { warming.remove(resource.name) }
        }
        for name in response.removed {
            have[type]?[name] = nil
            warming.remove(name)
            if type == .cluster || type == .listener { removals += 1 }
            if type == .endpoint { warming.remove(name) }
        }
        check("after \(PushAction.send(response).text)")
        if bad.isEmpty {
            for resource in response.resources where isWanted(resource) {
                versions[type, default: [:]][resource.name] = resource.version
            }
            for name in response.removed { versions[type]?[name] = nil }
        } else {
            nacks += 1
        }
        let named = Bool.random(using: &random) ? bad.map(\.name).joined(separator: ", ") : "something"
        updateSubscriptions(random: &random)
        let failure = bad.isEmpty ? nil : "error: \(named)"
        // Answers keep their order.
        if type == .cluster, bad.isEmpty || !heldAnswers.isEmpty {
            heldAnswers.append((response.nonce, failure))
        } else {
            requests.append(request(type, nonce: response.nonce, failure: failure))
        }
        settle()
    }

    private mutating func settle() {
        guard warming.isEmpty else { return }
        let wasAcked = heldAnswers.contains { $0.failure == nil }
        releaseAnswers()
        if wasAcked, !isListening {
            isListening = true
            requests.append(request(.listener))
        }
    }

    mutating func releaseAnswers() {
        for (nonce, failure) in heldAnswers { requests.append(request(.cluster, nonce: nonce, failure: failure)) }
        heldAnswers = []
    }

    private mutating func updateSubscriptions(random: inout SeededGenerator) {
        let wanted: [ResourceType: Set<String>] = [
            .endpoint: Set((have[.cluster] ?? [:]).keys),
            .route: Set((have[.listener] ?? [:]).values.flatMap(references)),
        ]
        for (type, names) in wanted.sorted(by: { $0.key < $1.key }) {
            let now = asked[type] ?? []
            guard now != names else { continue }
            asked[type] = names
            let gone = now.subtracting(names)
            for name in gone {
                have[type]?[name] = nil
                versions[type]?[name] = nil
            }
            requests.append(
                request(type, subscribe: names.subtracting(now).sorted(), unsubscribe: gone.sorted())
            )
        }
    }

    /// No route may go to a cluster that is not there.
    private mutating func check(_ when: String) {
        for route in (have[.route] ?? [:]).values {
            for cluster in references(route) where have[.cluster]?[cluster] == nil {
                faults.append("\(route.name) goes to \(cluster), which is not there, \(when)")
            }
        }
    }
}
