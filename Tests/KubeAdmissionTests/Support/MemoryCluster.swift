import JSON
import KubeAdmission
import KubeClient
import KubeRuntime

/// A Secret and bundles in memory, with versions as an API server has them.
final class MemoryCluster: Sendable {
    struct Failure: Error {}

    struct State: Sendable {
        var object: JSONValue?
        var version = 0
        var bundles: [String: String] = [:]
        var bundleVersion = 0
        var writes = 0
        var publications = 0
        var conflicts = 0
        var isAway = false
        /// Whether somebody else leads, so that nothing may be written.
        var isStandby = false
        var areBundlesUnreadable = false
        /// Whether the bundles are somebody else's to publish.
        var isKeptByOthers = false
    }

    let state: Locked<State>

    init(bundles: [String] = ["hook"]) {
        state = Locked(State(bundles: Dictionary(uniqueKeysWithValues: bundles.map { ($0, "") })))
    }

    var storage: MemoryStorage { MemoryStorage(state: state) }
    var publisher: MemoryPublisher { MemoryPublisher(state: state) }
}

struct MemoryStorage: CertificateStorage {
    let state: Locked<MemoryCluster.State>
    var description: String { "memory" }

    func read() async throws -> StoredCertificates {
        let (object, isAway) = (state.value.object, state.value.isAway)
        guard !isAway else { throw MemoryCluster.Failure() }
        return StoredCertificates(object: object)
    }

    func write(_ data: [String: JSONValue], replacing old: StoredCertificates) async throws -> Bool {
        guard !state.value.isStandby else {
            throw KubeError(.notLeading, verb: "update", subject: "secrets", message: "this process does not lead")
        }
        return state.change { state in
            guard state.object?["version"] == old.object?["version"] else {
                state.conflicts += 1
                return false
            }
            state.version += 1
            state.writes += 1
            state.object = .compact([
                "version": .int(Int64(state.version)), "data": .object(data),
                "metadata": old.object?["metadata"] ?? old.formerMetadata,
            ])
            return true
        }
    }
}

struct MemoryPublisher: BundlePublisher {
    let state: Locked<MemoryCluster.State>
    var description: String { "memory" }

    func read() async throws -> [PublishedBundle] {
        let state = state.value
        guard !state.isAway, !state.areBundlesUnreadable else { throw MemoryCluster.Failure() }
        return state.bundles.sorted { $0.key < $1.key }.map { place, text in
            PublishedBundle(
                place: place,
                version: "\(state.bundleVersion)",
                texts: [text],
                isKeptByOthers: state.isKeptByOthers
            )
        }
    }

    func publish(_ bundle: CertificateBundle, replacing old: PublishedBundle) async throws -> Bool {
        state.change { state in
            guard old.version == "\(state.bundleVersion)" else {
                state.conflicts += 1
                return false
            }
            state.bundleVersion += 1
            state.publications += 1
            state.bundles[old.place] = bundle.pem
            return true
        }
    }
}
