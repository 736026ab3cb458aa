import KubeApply
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import SwiftletAPI
import WebServers

/// Converges one WebServer at a time: observes, plans, performs, tells.
///
/// Level-based: what is done depends on what is in the stores, never on which event led here.
///
/// One thing the stores cannot tell: when a WebServer is deleted, its children are as well, and that may be seen first. So before a child is
/// made for a WebServer that has been told about, and thus had its children, the server is asked whether it is still there.
struct WebServerReconciler: Sendable {
    let stores: WebServerStores
    let executor: PlanExecutor
    let barrier: WriteBarrier<ObjectKey>
    let events: EventRecorder
    let converged: ConvergedVersions
    let settled: SettledObjects
    /// The wall clock, for conditions.
    let now: @Sendable () -> Timestamp

    /// How often a plan is followed by another before other WebServers get their turn. One round leads to where there is only a status to
    /// write, unless others write at the same time.
    private static let rounds = 3
    /// How long a round waits to see what the one before it wrote; usually some milliseconds.
    private static let sight = Duration.seconds(2)

    /// - Throws: ``KubeError`` when a write failed; the status tells of it already.
    func reconcile(_ key: ObjectKey, _ context: ReconcileContext) async throws -> ReconcileResult {
        var intents: ChildIntents?
        for _ in 0..<Self.rounds {
            guard let webServer = stores.webServers.get(key) else {
                // Here as well as when it is seen to go: a run that was under way then has remembered it again.
                converged.remove(key)
                settled.remove(key)
                return .done
            }
            guard !webServer.metadata.isBeingDeleted else { return .done }
            if let failure = unreadable(for: webServer) {
                let status = plan(webServer, try observation(of: webServer), nil, failure).status
                try await tell(status, of: webServer, context)
                return .requeue(after: .seconds(5))
            }
            var versions = stores.versions(for: webServer)
            if converged.contains(versions, for: key) { return .done }
            let observation = try observation(of: webServer)
            if intents?.areCurrent(for: webServer, given: observation) != true {
                intents = ChildIntents(of: webServer, given: observation)
            }
            let outcome = plan(webServer, observation, intents)
            guard !outcome.plan.isEmpty else {
                guard try await tell(outcome.status, of: webServer, context) else { return .done }
                versions.status = outcome.status
                converged.insert(versions, for: key)
                return .done
            }
            guard try await perform(outcome.plan, observation, intents, webServer, context) else { return .done }
            // Only what has been seen can be told.
            guard await barrier.waitUntilSeen(key, for: Self.sight) else { break }
        }
        return .requeue(after: .zero)
    }

    /// Why nothing can be decided about a WebServer: going on would take what has not been read for missing, and restart pods for it.
    private func unreadable(for webServer: WebServer) -> WebServerPlanner.Failure? {
        let unread = stores.unreadKinds(for: webServer)
        guard !unread.isEmpty else { return nil }
        let kinds = unread.map(\.description).joined(separator: ", ")
        return WebServerPlanner.Failure(
            reason: "NotReadable",
            message: "\(kinds) cannot be read. Look at /readyz?verbose of the operator, or run: swiftlet doctor"
        )
    }

    /// - Returns: `false` when nothing was done, as the WebServer is gone already.
    private func perform(
        _ plan: Plan,
        _ observation: WebServerObservation,
        _ intents: ChildIntents?,
        _ webServer: WebServer,
        _ context: ReconcileContext
    ) async throws -> Bool {
        let failure: KubeError?
        do throws(KubeError) {
            if plan.creates, webServer.status != nil, try await !executor.isPresent(webServer) { return false }
            let outcome = await executor.perform(plan)
            for done in outcome.done {
                note(done, webServer.key, context)
                report(done.action, on: webServer)
            }
            failure = outcome.failure
        } catch {
            failure = error
        }
        guard let failure else { return true }
        // A conflict is somebody else being faster: what they did is seen in a moment.
        if !failure.isCancelled, !failure.isConflict, !failure.isNotLeading {
            let status = self.plan(webServer, observation, intents, WebServerPlanner.Failure(failure)).status
            do {
                try await tell(status, of: webServer, context)
            } catch {
                // What was to be told is the failure of this run.
                context.logger.warning("the status cannot be written", metadata: ["error": "\(error)"])
            }
        }
        throw failure
    }

    private func plan(
        _ webServer: WebServer,
        _ observation: WebServerObservation,
        _ intents: ChildIntents?,
        _ failure: WebServerPlanner.Failure? = nil
    ) -> WebServerPlanner.Outcome {
        WebServerPlanner.plan(webServer, given: observation, intents: intents, failure: failure, now: now())
    }

    private func observation(of webServer: WebServer) throws -> WebServerObservation {
        var observation = try stores.observation(of: webServer)
        for (role, child) in observation.children {
            guard let kind = role.resource(in: observation.served)?.groupKind else { continue }
            let digest = settled.digest(of: kind, webServer.key, at: child.metadata.resourceVersion)
            observation.children[role]?.settledDigest = digest
        }
        return observation
    }

    // MARK: - Writing

    /// Remembers what a write led to.
    private func note(
        _ done: PlanOutcome.Done,
        _ key: ObjectKey,
        _ context: ReconcileContext
    ) {
        let action = done.action
        context.logger.info(
            "\(action.verb)",
            metadata: ["child": "\(action.identity)", "reason": "\(action.reason)"]
        )
        context.writes.note(action)
        guard let version = done.version else { return }
        barrier.wrote(action.resource.groupKind, version: version, in: key.namespace, for: key)
        if case .apply(let apply) = action, action.key == key, let digest = IntentDigest.stamp(of: apply.intent) {
            settled.settle(action.resource.groupKind, key, at: version, digest: digest)
        }
    }

    /// - Returns: whether the WebServer is still there.
    @discardableResult
    private func tell(
        _ status: WebServerStatus,
        of webServer: WebServer,
        _ context: ReconcileContext
    ) async throws -> Bool {
        guard let action = try WebServerPlanner.statusAction(status, for: webServer) else { return true }
        let version: ResourceVersion?
        converged.writing(status, to: webServer.key)
        context.writes.note(action)
        do throws(KubeError) {
            version = try await executor.write(action)
        } catch {
            guard error.isNotFound else { throw error }
            return false
        }
        guard let version else { return true }
        barrier.wrote(WebServer.resource.groupKind, version: version, in: webServer.key.namespace, for: webServer.key)
        report(status, of: webServer)
        return true
    }

    /// Events for what was written. The action names the kind, so that those of several kinds are not one series.
    private func report(_ action: PlannedAction, on webServer: WebServer) {
        guard let reason = action.eventReason else { return }
        events.report(
            EventReport(
                EventSubject(webServer),
                .normal,
                reason: reason,
                action: "\(reason)\(action.resource.kind)",
                note: "\(reason) \(action.identity): \(action.reason)"
            )
        )
    }

    /// Events for what turned; the conditions have the details.
    private func report(_ status: WebServerStatus, of webServer: WebServer) {
        let subject = EventSubject(webServer)
        func turned(_ type: String) -> Condition? {
            guard let condition = status.conditions[type: type] else { return nil }
            let before = webServer.status?.conditions[type: type]
            return before?.status == condition.status && before?.reason == condition.reason ? nil : condition
        }
        if let stalled = turned("Stalled"), stalled.status == .yes {
            events.report(
                EventReport(subject, .warning, reason: stalled.reason, action: "Reconcile", note: stalled.message)
            )
        } else if let ready = turned("Ready"), ready.status == .yes {
            events.report(EventReport(subject, .normal, reason: "Ready", action: "Reconcile", note: ready.message))
        } else if let working = turned("Reconciling"), working.status == .yes, working.reason == "WriteFailed" {
            events.report(
                EventReport(subject, .warning, reason: working.reason, action: "Reconcile", note: working.message)
            )
        }
    }
}

extension EventSubject {
    init(_ webServer: WebServer) {
        self.init(kind: WebServer.resource.groupVersionKind, key: webServer.key, uid: webServer.uid)
    }
}

extension WebServerPlanner.Failure {
    /// A child that the server calls invalid is as invalid the next time.
    fileprivate init(_ error: KubeError) {
        guard error.isInvalid else {
            self.init(reason: "WriteFailed", message: "\(error)")
            return
        }
        let message = "The server calls invalid what the spec leads to; change the spec. \(error)"
        self.init(reason: "ChildInvalid", message: message, isLasting: true)
    }
}

extension ReconcileWrites {
    fileprivate func note(_ action: PlannedAction) {
        switch action {
        case .apply(let apply), .applyStatus(let apply):
            note(action.resource.groupKind, action.key, part: apply.manager, content: apply.intent.value)
        case .delete: note(action.resource.groupKind, action.key, content: nil)
        }
    }
}

extension Plan {
    /// Whether something is made that is not there.
    fileprivate var creates: Bool {
        actions.contains { action in
            if case .apply(let apply) = action { apply.mode == .create } else { false }
        }
    }
}

extension PlannedAction {
    /// For logs.
    fileprivate var verb: String {
        switch self {
        case .apply(let apply): apply.mode == .create ? "created" : "applied"
        case .applyStatus: "told the status of"
        case .delete: "deleted"
        }
    }

    /// `nil` for what is no event: conditions tell of themselves.
    fileprivate var eventReason: String? {
        switch self {
        case .apply(let apply): apply.mode == .create ? "Created" : "Updated"
        case .applyStatus: nil
        case .delete: "Deleted"
        }
    }

    fileprivate var reason: String {
        switch self {
        case .apply(let apply), .applyStatus(let apply): apply.reason
        case .delete(let deletion): deletion.reason
        }
    }
}
