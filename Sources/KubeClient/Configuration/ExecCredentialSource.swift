import JSON

/// Credentials that a plugin prints, by the contract `client.authentication.k8s.io`.
///
/// Guarantees: the plugin runs once at a time, and its answer goes to all who wait; while credentials are good nobody
/// waits; a waiting caller that is cancelled leaves at once, and when the last one leaves the plugin is killed.
package actor ExecCredentialSource: CredentialSource {
    private let invocation: ExecInvocation
    private let host: HostEnvironment

    private var cache = CredentialCache()
    /// The plugin's present run.
    private var refresh: Task<Void, Never>?
    /// Tells this run from one that was given up.
    private var generation: UInt64 = 0
    private var waiters: [UInt64: CheckedContinuation<Credentials, any Error>] = [:]
    private var nextWaiter: UInt64 = 0

    init(_ invocation: ExecInvocation, host: HostEnvironment) {
        self.invocation = invocation
        self.host = host
    }

    package func credentials() async throws -> Credentials {
        try Task.checkCancellation()
        switch cache.decision(at: host.now()) {
        case .use(let credentials):
            return credentials
        case .useAndRefresh(let credentials):
            startRefresh()
            return credentials
        case .waitForRefresh:
            startRefresh()
            return try await nextCredentials()
        }
    }

    package func invalidate(_ credentials: Credentials) {
        cache.invalidate(credentials)
    }

    // MARK: - Refreshing

    private func startRefresh() {
        guard refresh == nil else { return }
        generation += 1
        let (generation, invocation, host) = (generation, invocation, host)
        // Not a child of the caller's task: others wait for it too, and it outlives a caller who has credentials already.
        refresh = Task {
            do {
                let fresh = try await invocation.run(on: host)
                self.finish(.success(fresh), generation)
            } catch {
                self.finish(.failure(error), generation)
            }
        }
    }

    private func finish(_ result: Result<ExecCredential, any Error>, _ generation: UInt64) {
        // A run that was given up has no say: another may have started since.
        guard generation == self.generation, refresh != nil else { return }
        refresh = nil
        let now = host.now()
        switch result {
        case .success(let fresh): cache.store(fresh, at: now)
        case .failure(let error):
            cache.refreshFailed(at: now)
            if waiters.isEmpty { host.warn("still using credentials that expire soon: \(error)") }
        }
        let waiting = waiters.values
        waiters = [:]
        for waiter in waiting { waiter.resume(with: result.map(\.credentials)) }
    }

    // MARK: - Waiting

    private func nextCredentials() async throws -> Credentials {
        let id = nextWaiter
        nextWaiter += 1
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // The cancellation handler may have run already, when there was nothing to resume yet.
                guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
                waiters[id] = continuation
            }
        } onCancel: {
            Task { await self.leave(id) }
        }
    }

    private func leave(_ id: UInt64) {
        guard let waiter = waiters.removeValue(forKey: id) else { return }
        waiter.resume(throwing: CancellationError())
        if waiters.isEmpty {
            refresh?.cancel()
            refresh = nil
        }
    }
}

extension ExecCredentialSource: CustomReflectable {
    package nonisolated var customMirror: Mirror { Mirror(reflecting: "ExecCredentialSource(<redacted>)") }
}
