/// Tells how something is, each time it is asked.
///
/// A source that does not know yet what it will have to tell tells a check that does not pass: no checks at all means ready.
package protocol HealthSource: Sendable {
    /// Quick, and without side effects: it is called at every probe and scrape.
    func healthChecks() -> [HealthCheck]
}

/// The kinds that reflectors keep up, as they are now.
package struct KindReadiness: HealthSource {
    private let kinds: [RuntimeKind]

    package init(_ kinds: [RuntimeKind]) { self.kinds = kinds }

    package func healthChecks() -> [HealthCheck] {
        kinds.map { kind in
            HealthCheck(kind: kind.reflector.name, kind.reflector.kindState.value, isRequired: kind.isRequired)
        }
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

/// The checks of several sources, in their order.
package struct HealthSources: HealthSource {
    private let sources: [any HealthSource]

    package init(_ sources: [any HealthSource]) { self.sources = sources }

    package func healthChecks() -> [HealthCheck] { sources.flatMap { $0.healthChecks() } }
}
