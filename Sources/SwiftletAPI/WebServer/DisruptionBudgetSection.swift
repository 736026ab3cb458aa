import JSON

/// The PodDisruptionBudget of a ``WebServer``.
package struct DisruptionBudgetSection: SchemaObject {
    package var minAvailable: IntOrString?
    package var maxUnavailable: IntOrString?
    /// `nil` for the server's default.
    package var unhealthyPodEvictionPolicy: UnhealthyPodEvictionPolicy?

    package init(minAvailable: IntOrString) { self.minAvailable = minAvailable }

    package init(maxUnavailable: IntOrString) { self.maxUnavailable = maxUnavailable }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case minAvailable, maxUnavailable, unhealthyPodEvictionPolicy
    }

    package static var exactlyOneOf: [CodingKeys] { [.minAvailable, .maxUnavailable] }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .minAvailable:
            FieldDocumentation(
                "Pods that must stay available: a number or a percentage such as 50%. Exactly one of minAvailable and maxUnavailable."
            )
        case .maxUnavailable:
            FieldDocumentation(
                "Pods that may be unavailable: a number or a percentage such as 25%. Exactly one of minAvailable and maxUnavailable."
            )
        case .unhealthyPodEvictionPolicy:
            FieldDocumentation(
                """
                Whether pods that are not ready may be evicted: AlwaysAllow at any time, IfHealthyBudget only while enough others are ready, \
                which is what Kubernetes takes if not given. Needs Kubernetes 1.27.
                """
            )
        }
    }
}

/// When pods that are not ready may be evicted.
package enum UnhealthyPodEvictionPolicy: String, StringEnum {
    case ifHealthyBudget = "IfHealthyBudget"
    case alwaysAllow = "AlwaysAllow"
}

extension DisruptionBudgetSection {
    func validate(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        switch (minAvailable, maxUnavailable) {
        case (nil, nil): errors.append(FieldError(path, "needs one of minAvailable, maxUnavailable"))
        case (_?, _?):
            errors.append(FieldError(path, "has minAvailable and maxUnavailable: only one of them is possible"))
        default: break
        }
        errors += check(minAvailable, at: path.appending(key: "minAvailable"))
        return errors + check(maxUnavailable, at: path.appending(key: "maxUnavailable"))
    }

    private func check(_ value: IntOrString?, at path: FieldPath) -> [FieldError] {
        switch value {
        case nil: return []
        case .int(let count): return count >= 0 ? [] : [FieldError(path, "\(count) is not allowed: must be at least 0")]
        case .string(let text):
            if text.hasSuffix("%"), let percent = Int(text.dropLast()), (0...100).contains(percent) { return [] }
            return [
                FieldError(path, "\"\(text)\" is not allowed: write a number such as 1 or a percentage such as 50%")
            ]
        }
    }
}
