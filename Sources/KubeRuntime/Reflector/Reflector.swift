import CoreMetrics
import KubeClient
import KubeModel
import KubeTransport
import Logging

/// Keeps a ``Store`` up with the objects of one kind, by the rules of ``ReflectorMachine``.
package final class Reflector<Source: ListWatching>: KindReflecting {
    package typealias Object = Source.Object

    package let name: String
    package let store: Store<Object>
    /// How the kind is getting on.
    package let kindState: ObservedValue<KindState>

    private let source: Source
    private let namespace: String
    private let options: ReflectorOptions
    private let time: TimeSource
    private let seed: UInt64
    private let metrics: ReflectorMetrics?
    private let logger: Logger
    private let silence: SilenceWatch

    /// - Parameters:
    ///   - name: the resource, as logs, metrics and readiness have it.
    ///   - store: filled by this reflector alone, or its part for a namespace.
    ///   - namespace: the part of the store that the source brings; empty for all.
    package init(
        name: String,
        source: Source,
        store: Store<Object>,
        namespace: String = "",
        options: ReflectorOptions = ReflectorOptions(),
        time: TimeSource = .system,
        seed: UInt64 = .random(in: 0 ... .max),
        metrics: ReflectorMetrics? = nil,
        logger: Logger
    ) {
        self.name = name
        self.source = source
        self.store = store
        self.namespace = namespace
        self.options = options
        self.time = time
        self.seed = seed
        self.metrics = metrics
        var logger = logger
        logger[metadataKey: "resource"] = "\(name)"
        self.logger = logger
        kindState = ObservedValue(KindState(phase: .connecting, since: time.now))
        silence = SilenceWatch(time: time)
    }

    package var objectCount: Int { store.count(in: namespace) }
    package var resourceVersion: ResourceVersion { store.resourceVersion(in: namespace) }

    /// Lists and watches until the task is cancelled. To be called once.
    package func run() async {
        await withTaskGroup { group in
            group.addTask { await self.silence.run { self.noteSilence(since: $0, of: $1) } }
            await listAndWatch()
            group.cancelAll()
        }
    }

    private func listAndWatch() async {
        var machine = ReflectorMachine(options: options, seed: seed, now: time.now)
        var next: ReflectorMachine.Action? = machine.start(now: time.now)
        while let action = next, !Task.isCancelled {
            next = await perform(action, &machine)
            silence.heard(limit: nil)
            publish(machine.kindState)
        }
    }

    /// - Returns: the next action; `nil` when the task was cancelled.
    private func perform(
        _ action: ReflectorMachine.Action,
        _ machine: inout ReflectorMachine
    ) async -> ReflectorMachine.Action? {
        do {
            switch action {
            case .list(let request): return try await list(request, &machine)
            case .watch(let request): return try await watch(request, &machine)
            case .sweep(let version): return sweep(version, &machine)
            case .wait(let deadline):
                try await time.sleep(until: deadline)
                return machine.waited(now: time.now)
            }
        } catch {
            guard !Task.isCancelled else { return nil }
            if let error = error as? KubeError, case .transport(let cause) = error.code, cause.code == .idle,
                case .watch = action
            {
                metrics?.idleAborts.increment()
                logger.notice(
                    machine.isStreaming
                        ? "streamed list was silent for too long; listing instead"
                        : "watch was silent for too long and is begun anew"
                )
                return machine.idled(now: time.now)
            }
            let failure = (error as? KubeError).map { ReflectorFailure($0) }
            return fail(failure ?? ReflectorFailure(.unreachable, "\(error)"), &machine)
        }
    }

    private func list(
        _ request: ReflectorList,
        _ machine: inout ReflectorMachine
    ) async throws -> ReflectorMachine.Action {
        metrics?.lists.increment()
        if request.isFirstPage { store.beginFill(in: namespace) }
        var isAnswered = false
        let end = try await source.list(request) { item in
            if !isAnswered {
                isAnswered = true
                machine.answered(now: time.now)
                publish(machine.kindState)
            }
            switch item {
            case .success(let object): store.put(object)
            case .failure(let error): report(error)
            }
        }
        return machine.listed(end, now: time.now)
    }

    private func sweep(_ version: ResourceVersion, _ machine: inout ReflectorMachine) -> ReflectorMachine.Action? {
        store.endFill(in: namespace, resourceVersion: version)
        let next = machine.swept(now: time.now)
        publish(machine.kindState)
        logger.debug("list is complete", metadata: ["objects": "\(objectCount)", "version": "\(version)"])
        return next
    }

    private func watch(
        _ request: ReflectorWatch,
        _ machine: inout ReflectorMachine
    ) async throws -> ReflectorMachine.Action {
        let streaming = request.sendInitialEvents ? options.streaming : nil
        if let streaming, await !streaming.mayStream() {
            try Task.checkCancellation()
            return machine.streamingRefused()
        }
        metrics?.watches.increment()
        let stream: Source.Events
        do {
            stream = try await source.watch(request)
            streaming?.accepted()
        } catch {
            await note(ReflectorFailure(error), of: streaming)
            throw error
        }
        if request.sendInitialEvents { store.beginFill(in: namespace) }
        machine.watchOpened(now: time.now)
        publish(machine.kindState)
        var idleTimeout = machine.idleTimeout
        stream.setIdleTimeout(idleTimeout)
        silence.heard(limit: machine.quietLimit)
        var events = stream.makeAsyncIterator()
        while let event = try await events.next(isolation: #isolation) {
            if silence.heard(limit: machine.quietLimit) { publish(machine.kindState) }
            switch event {
            case .added(let object), .modified(let object):
                store.put(object)
                if machine.received(object.resourceVersion) { store.advance(to: object.resourceVersion, in: namespace) }
                metrics?.events.increment()
            case .deleted(let object):
                store.delete(object)
                if machine.received(object.resourceVersion) { store.advance(to: object.resourceVersion, in: namespace) }
                metrics?.events.increment()
            case .undecodable(let error):
                report(error)
                if machine.received(error.resourceVersion), let version = error.resourceVersion {
                    store.advance(to: version, in: namespace)
                }
            case .error(let status):
                return fail(ReflectorFailure(status), &machine)
            case .bookmark(let version, let isInitialEventsEnd):
                switch machine.bookmarked(version, isInitialEventsEnd: isInitialEventsEnd) {
                case .none: break
                case .progress: store.advance(to: version, in: namespace)
                case .sweep(let version): _ = sweep(version, &machine)
                }
                silence.heard(limit: machine.quietLimit)
                if machine.idleTimeout != idleTimeout {
                    idleTimeout = machine.idleTimeout
                    stream.setIdleTimeout(idleTimeout)
                }
            }
        }
        return machine.ended(now: time.now)
    }

    // MARK: - Telling

    private func fail(_ failure: ReflectorFailure, _ machine: inout ReflectorMachine) -> ReflectorMachine.Action {
        metrics?.countFailure(failure.cause)
        let now = time.now
        let wasStreaming = machine.isStreaming
        let before = machine.kindState
        let action = machine.failed(failure, now: now)
        var metadata: Logger.Metadata = ["cause": "\(failure.cause.rawValue)", "error": "\(failure.message)"]
        if case .wait(let deadline) = action { metadata["retryIn"] = "\(now.duration(to: deadline))" }
        // A kind that stays away, such as one that is not installed, is told once and not with every attempt.
        let isNews = machine.kindState.phase != before.phase || before.reason.isEmpty
        var level: Logger.Level = isNews ? .warning : .debug
        var message: Logger.Message = "list or watch failed"
        if wasStreaming, case .list = action {
            message = "list cannot be streamed; listing instead"
            // Told once for all kinds.
            level = options.streaming == nil ? .info : .debug
        }
        logger.log(level: level, message, metadata: metadata)
        return action
    }

    /// Tells the other reflectors what the answer to a request for a stream says about the server.
    private func note(_ failure: ReflectorFailure, of streaming: ListStreaming?) async {
        guard let streaming else { return }
        switch failure.cause {
        case .refused, .server: await streaming.refused(failure.message)
        default: streaming.undecided()
        }
    }

    /// Nothing has come for longer than bookmarks take: what is in the store is old, however well the connection looks.
    private func noteSilence(since: TimeSource.Instant, of limit: Duration) {
        let isNews = kindState.update { state in
            guard state.phase == .synced else { return false }
            state = KindState(
                phase: .stalled,
                since: since,
                reason: "nothing was heard of the watch for \(limit), not even a bookmark"
            )
            return true
        }
        if isNews { logger.notice("watch is silent", metadata: ["for": "\(limit)"]) }
    }

    /// One object's fault is no reason to stop the kind: it is left as it was known.
    private func report(_ error: ObjectDecodingError) {
        metrics?.undecodable.increment()
        logger.warning("object cannot be read", metadata: ["error": "\(error)"])
        if let key = error.key { store.keep(key) }
    }

    private func publish(_ state: KindState) {
        if kindState.value != state { kindState.update { $0 = state } }
    }
}
