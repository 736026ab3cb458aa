import Injection
import KubeAdmission
import KubeClient
import KubeModel
import KubeRuntime
import SwiftletAPI

/// Finds the namespaces of pods that are looked at: in the store, and those that were made so recently that they have not been seen yet at the
/// API server, as ``NamespaceReads`` bounds it.
final class NamespaceLookup: Sendable {
    /// The namespace is not there, or cannot be read; which of them is for the log.
    struct Unknown: AdmissionObstacle {
        var description: String { "the namespace of the pod is not known" }
    }

    /// How long the store, or somebody else's read, is waited for.
    static let patience = Duration.seconds(2)
    private static let step = Duration.milliseconds(100)

    private let store: Store<Namespace>
    private let client: KubeClient
    private let time: TimeSource
    private let reads: ObservedValue<NamespaceReads>

    init(store: Store<Namespace>, client: KubeClient, limits: NamespaceReads.Limits = .init(), time: TimeSource) {
        self.store = store
        self.client = client
        self.time = time
        reads = ObservedValue(NamespaceReads(limits: limits))
    }

    /// - Throws: ``Unknown``; `CancellationError`; ``KubeError`` when the namespace cannot be read.
    func metadata(of name: String) async throws -> NamespaceMetadata {
        // A name that is none, such as a path, is asked for nowhere.
        guard NameRule.label.problem(with: name) == nil else { throw Unknown() }
        let deadline = time.now.advanced(by: Self.patience)
        while true {
            if let known = store.get(ObjectKey(namespace: "", name: name)) { return NamespaceMetadata(known) }
            let now = time.now
            switch reads.update({ $0.ask(for: name, now: now) }) {
            case .known(let metadata): return metadata
            case .missing: throw Unknown()
            case .read: return try await read(name)
            case .wait:
                guard await reads.wait(until: deadline, time: time, for: { !$0.isRunning(name) }) else {
                    throw Unknown()
                }
            case .refused:
                // The store is about to see it, if it is there.
                guard time.now < deadline else { throw Unknown() }
                try await time.sleep(until: time.now.advanced(by: Self.step))
            }
        }
    }

    private func read(_ name: String) async throws -> NamespaceMetadata {
        var outcome: NamespaceReads.Outcome?
        defer {
            let (outcome, now) = (outcome, time.now)
            reads.update { $0.end(name, outcome, now: now) }
        }
        do {
            let key = ObjectKey(namespace: "", name: name)
            let metadata = NamespaceMetadata(try await client.get(.namespaces, key, as: Namespace.self))
            outcome = .some(metadata)
            return metadata
        } catch {
            guard error.isNotFound else { throw error }
            outcome = .some(nil)
            throw Unknown()
        }
    }
}
