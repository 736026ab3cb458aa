import JSON

extension WebServer {
    /// What is hardly meant for long, though it works now: told when the object is written, not in its conditions.
    package var advice: [FieldError] {
        let path: FieldPath = ["spec"]
        var advice: [FieldError] = []
        if let problem = ImageReferenceRule.driftOfTag(in: spec.webServerImage) {
            advice.append(.warning(path.appending(key: "webServerImage"), problem))
        }
        if spec.resources?.json["requests"] == nil, spec.resources?.json["limits"] == nil {
            advice.append(
                .warning(
                    path.appending(key: "resources"),
                    "has no requests: pods are placed without regard to what they need, and are the first to be evicted"
                )
            )
        }
        if let budget = spec.disruptionBudget, spec.autoscaling == nil, budget.forbidsAllDisruptions(of: spec.replicas)
        {
            advice.append(
                .warning(
                    path.appending(key: "disruptionBudget"),
                    "lets no pod of \(spec.replicas) be evicted: nodes cannot be drained"
                )
            )
        }
        return advice
    }
}

extension DisruptionBudgetSection {
    /// Only what is sure: percentages are rounded by the server.
    fileprivate func forbidsAllDisruptions(of replicas: Int) -> Bool {
        if case .int(let least)? = minAvailable { return replicas > 0 && least >= replicas }
        if case .string("100%")? = minAvailable { return true }
        if case .int(0)? = maxUnavailable { return true }
        if case .string("0%")? = maxUnavailable { return true }
        return false
    }
}
