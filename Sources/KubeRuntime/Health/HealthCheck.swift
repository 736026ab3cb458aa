/// What one check found; one line of `/healthz?verbose` or `/readyz?verbose`.
package struct HealthCheck: Hashable, Sendable {
    /// What was checked, such as the resource `deployments.apps`.
    package var name: String
    /// How it is, in one word.
    package var state: String
    /// Why; empty when there is nothing to say.
    package var reason: String
    package var passes: Bool
    /// Whether the answer as a whole fails with it. One that is not required is told of, in the answer and in the metrics, and decides nothing.
    package var isRequired: Bool

    package init(name: String, state: String, reason: String = "", passes: Bool, isRequired: Bool = true) {
        self.name = name
        self.state = state
        self.reason = reason
        self.passes = passes
        self.isRequired = isRequired
    }

    /// The readiness of a kind: there has to be something to work with, even if it is old.
    ///
    /// - Parameter isRequired: whether we cannot do without the kind. One that we can do without is told of, but passes
    ///   whatever its state, as controllers do not wait for it for ever either.
    package init(kind: String, _ state: KindState, isRequired: Bool = true) {
        self.init(
            name: kind,
            state: state.phase.rawValue,
            reason: state.reason,
            passes: state.hasObjects || !isRequired
        )
    }

    /// One line of bounded length, whatever the server that gave the reason put into it.
    var line: String {
        var line = "[\(passes ? "+" : "-")]\(name) \(state)"
        if !passes, !isRequired { line += " (not required)" }
        guard !reason.isEmpty else { return line }
        line += ": "
        for scalar in reason.unicodeScalars.prefix(Self.longestReason) {
            line.unicodeScalars.append(Self.breaksLines(scalar) ? " " : scalar)
        }
        return line
    }

    private static let longestReason = 500

    private static func breaksLines(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
