import EnvoyAPI
import KubeRuntime
import NIOCore
import Synchronization

/// Between those who know what proxies are to have and the streams that bring it to them.
///
/// One snapshot waits for each proxy: the newest. Publishing is cheap and never waits for a proxy; the streams of one event loop are
/// woken together. A snapshot that is made for a pod goes to a stream of that very pod only, and not to one of another pod of that name.
package final class ProxyHub: Sendable {
    /// What the hub tells of its proxies. Called on event loops, without locks held: note it and return.
    package struct Observer: Sendable {
        package var connected: @Sendable (ProxyID) -> Void
        package var disconnected: @Sendable (ProxyID) -> Void
        /// How far the proxy is changed: it acknowledged a generation, or what it rejects changed.
        package var delivered: @Sendable (ProxyID) -> Void

        package init(
            connected: @escaping @Sendable (ProxyID) -> Void = { _ in },
            disconnected: @escaping @Sendable (ProxyID) -> Void = { _ in },
            delivered: @escaping @Sendable (ProxyID) -> Void = { _ in }
        ) {
            self.connected = connected
            self.disconnected = disconnected
            self.delivered = delivered
        }
    }

    fileprivate struct Proxy {
        var snapshot: ProxySnapshot?
        /// Whether the stream has to look for a snapshot, and will.
        var isWoken = false
        var stream: StreamHandle?
        /// Of the pod that the stream is of; `nil` for any.
        var incarnation: String?
        var delivery = ProxyDelivery()

        /// The snapshot, if it is for the pod that the stream is of, and not for its predecessor or successor.
        var ownSnapshot: ProxySnapshot? {
            guard let snapshot, let incarnation, let wanted = snapshot.incarnation else { return snapshot }
            return incarnation == wanted ? snapshot : nil
        }

        /// - Returns: the stream, if it must be woken.
        mutating func publish(_ snapshot: ProxySnapshot) -> StreamHandle? {
            self.snapshot = snapshot
            delivery.published = snapshot.generation
            guard let stream, !isWoken, ownSnapshot != nil else { return nil }
            isWoken = true
            return stream
        }
    }

    fileprivate struct State {
        var proxies: [ProxyID: Proxy] = [:]
        /// The streams whose pods are known, by the pods' uids.
        var streams: [String: (proxy: ProxyID, stream: StreamHandle)] = [:]
        var gone = GoneIncarnations(limit: ProxyHub.rememberedIncarnations)
    }

    /// How many of the pods that are gone are remembered.
    private static let rememberedIncarnations = 32_768

    private let state = Mutex(State())
    private let observer: Observer
    /// Grows with each change of a delivery.
    private let revision = ObservedValue<UInt64>(0)

    package init(observer: Observer = Observer()) { self.observer = observer }

    // MARK: For those who publish

    package func publish(_ snapshot: ProxySnapshot, for proxy: ProxyID) { publish([(proxy, snapshot)]) }

    /// Makes these the snapshots that the proxies are to have, whether they are connected or not.
    package func publish(_ snapshots: some Sequence<(ProxyID, ProxySnapshot)>) {
        let woken = state.withLock { state in
            var woken: [ObjectIdentifier: [StreamHandle]] = [:]
            for (id, snapshot) in snapshots {
                let stream = state.proxies[id, default: Proxy()].publish(snapshot)
                if let stream { woken[ObjectIdentifier(stream.eventLoop), default: []].append(stream) }
            }
            return woken
        }
        for streams in woken.values {
            streams[0].eventLoop.execute { for stream in streams { stream.wake() } }
        }
    }

    /// Ends the stream of a pod that is gone, and lets none of it in any more. Quick; may be called from any thread.
    package func retire(_ incarnation: String) {
        let stream = state.withLock { state in
            state.gone.insert(incarnation)
            return state.streams[incarnation]?.stream
        }
        stream?.endSoon(Self.gone)
    }

    /// Whether a pod is known to be gone. The oldest of them are forgotten.
    package func isGone(_ incarnation: String) -> Bool { state.withLock { $0.gone.contains(incarnation) } }

    private static let gone = XDSError(.permissionDenied, "the pod has been deleted")

    /// Forgets what a proxy is to have. A stream of it goes on without further changes as long as its pod is there.
    package func remove(_ proxy: ProxyID) {
        state.withLock { state in
            state.proxies[proxy]?.snapshot = nil
            state.proxies[proxy]?.delivery.published = nil
            if state.proxies[proxy]?.stream == nil { state.proxies[proxy] = nil }
        }
        noteDelivery(proxy)
    }

    /// The proxies that are connected.
    package var connected: [ProxyID] {
        state.withLock { state in state.proxies.filter { $0.value.stream != nil }.map(\.key) }
    }

    package func delivery(of proxy: ProxyID) -> ProxyDelivery? { state.withLock { $0.proxies[proxy]?.delivery } }

    /// How far those proxies are that `isIncluded`; work in proportion to the number of proxies.
    package func summary(of isIncluded: (ProxyID) -> Bool) -> DeliverySummary {
        state.withLock { state in
            var summary = DeliverySummary()
            for (id, proxy) in state.proxies where isIncluded(id) { summary.count(proxy.delivery) }
            return summary
        }
    }

    package func summary(ofMesh mesh: String) -> DeliverySummary { summary { $0.mesh == mesh } }

    /// Grows with each change of what ``delivery(of:)`` and ``summary(of:)`` tell.
    package var deliveryRevision: UInt64 { revision.value }

    /// Waits until ``deliveryRevision`` is another one.
    ///
    /// - Returns: the revision; the same when the deadline came first or the task was cancelled.
    package func deliveryRevision(
        after known: UInt64,
        until deadline: TimeSource.Instant? = nil,
        time: TimeSource = .system
    ) async -> UInt64 {
        _ = await revision.wait(until: deadline, time: time) { $0 != known }
        return deliveryRevision
    }

    // MARK: For streams

    /// Enters a stream as the proxy's. The proxy's earlier stream, if there is one, is ended.
    ///
    /// - Throws: ``XDSError/Code/permissionDenied`` when the pod has gone meanwhile.
    func connect(_ identity: ProxyIdentity, _ stream: StreamHandle) throws(XDSError) {
        let proxy = identity.proxy
        let earlier: StreamHandle?? = state.withLock { state in
            if let incarnation = identity.incarnation, state.gone.contains(incarnation) { return nil }
            var entry = state.proxies[proxy] ?? Proxy()
            let earlier = entry.stream
            state.forgetStream(of: proxy, entry.incarnation)
            entry.stream = stream
            entry.incarnation = identity.incarnation
            entry.isWoken = false
            entry.delivery.acknowledged = nil
            entry.delivery.rejections = []
            entry.delivery.isConnected = true
            state.proxies[proxy] = entry
            if let incarnation = identity.incarnation { state.streams[incarnation] = (proxy, stream) }
            return .some(earlier)
        }
        guard let earlier else { throw Self.gone }
        earlier?.endSoon(XDSError(.unavailable, "the proxy has another stream now"))
        noteDelivery(proxy)
        observer.connected(proxy)
    }

    /// Takes a stream out, unless a later one took its place.
    func disconnect(_ proxy: ProxyID, _ stream: StreamHandle) {
        let wasCurrent = state.withLock { state in
            guard let entry = state.proxies[proxy], entry.stream === stream else { return false }
            state.forgetStream(of: proxy, entry.incarnation)
            if entry.snapshot == nil {
                state.proxies[proxy] = nil
            } else {
                state.proxies[proxy]?.stream = nil
                state.proxies[proxy]?.incarnation = nil
                state.proxies[proxy]?.delivery.isConnected = false
                state.proxies[proxy]?.delivery.acknowledged = nil
                state.proxies[proxy]?.delivery.rejections = []
            }
            return true
        }
        guard wasCurrent else { return }
        noteDelivery(proxy)
        observer.disconnected(proxy)
    }

    /// The newest snapshot; from here on another one wakes the stream again.
    func snapshot(for proxy: ProxyID, _ stream: StreamHandle) -> ProxySnapshot? {
        state.withLock { state in
            guard state.proxies[proxy]?.stream === stream else { return nil }
            state.proxies[proxy]?.isWoken = false
            return state.proxies[proxy]?.ownSnapshot
        }
    }

    func acknowledge(_ generation: UInt64, by proxy: ProxyID, _ stream: StreamHandle) {
        change(proxy, stream) { $0.acknowledged = generation }
    }

    func setRejections(_ rejections: [PushRejection], of proxy: ProxyID, _ stream: StreamHandle) {
        change(proxy, stream) { $0.rejections = rejections }
    }

    private func change(_ proxy: ProxyID, _ stream: StreamHandle, _ change: (inout ProxyDelivery) -> Void) {
        let isChanged = state.withLock { state in
            guard var delivery = state.proxies[proxy]?.delivery, state.proxies[proxy]?.stream === stream else {
                return false
            }
            let before = delivery
            change(&delivery)
            state.proxies[proxy]?.delivery = delivery
            return delivery != before
        }
        if isChanged { noteDelivery(proxy) }
    }

    private func noteDelivery(_ proxy: ProxyID) {
        revision.update { $0 &+= 1 }
        observer.delivered(proxy)
    }
}

extension ProxyHub.State {
    fileprivate mutating func forgetStream(of proxy: ProxyID, _ incarnation: String?) {
        guard let incarnation, streams[incarnation]?.proxy == proxy else { return }
        streams[incarnation] = nil
    }
}
