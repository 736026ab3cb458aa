/// Tells how something is, each time it is asked.
///
/// A source that does not know yet what it will have to tell tells a check that does not pass: no checks at all means ready.
package protocol HealthSource: Sendable {
    /// Quick, and without side effects: it is called at every probe and scrape.
    func healthChecks() -> [HealthCheck]
}

/// The kinds that reflectors keep up, as they are now.
package struct KindReadiness: HealthSource {
    private let kinds: [any KindReflecting]
    private let optional: Set<String>

    /// - Parameter optional: the names of kinds that may be missing or forbidden.
    package init(_ kinds: [any KindReflecting], optional: Set<String> = []) {
        self.kinds = kinds
        self.optional = optional
    }

    package func healthChecks() -> [HealthCheck] {
        kinds.map { HealthCheck(kind: $0.name, $0.kindState.value, isRequired: !optional.contains($0.name)) }
    }
}

/// One check made of a closure.
package struct HealthProbe: HealthSource {
    private let name: String
    private let failure: @Sendable () -> String?

    /// - Parameter failure: what is wrong; `nil` when all is well.
    package init(_ name: String, failure: @escaping @Sendable () -> String?) {
        self.name = name
        self.failure = failure
    }

    package func healthChecks() -> [HealthCheck] {
        let failure = failure()
        return [
            HealthCheck(
                name: name,
                state: failure == nil ? "ok" : "failed",
                reason: failure ?? "",
                passes: failure == nil
            )
        ]
    }
}
