/// The PodDisruptionBudget of a ``WebServer``.
package struct DisruptionBudgetSection: SchemaObject {
    package var minAvailable: IntOrString?
    package var maxUnavailable: IntOrString?

    package init(minAvailable: IntOrString) { self.minAvailable = minAvailable }

    package init(maxUnavailable: IntOrString) { self.maxUnavailable = maxUnavailable }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case minAvailable, maxUnavailable
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
        }
    }
}
