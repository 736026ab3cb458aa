/// The HorizontalPodAutoscaler of a ``WebServer``.
package struct AutoscalingSection: SchemaObject {
    @Default<One> package var minReplicas: Int
    package var maxReplicas: Int
    @Default<EightyPercent> package var targetCPUUtilizationPercentage: Int

    package init(maxReplicas: Int) {
        self.maxReplicas = maxReplicas
    }

    package enum One: DefaultValue { package static let value = 1 }
    package enum EightyPercent: DefaultValue { package static let value = 80 }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case minReplicas, maxReplicas, targetCPUUtilizationPercentage
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .minReplicas: FieldDocumentation("The fewest pods; at most maxReplicas.").count(from: 1)
        case .maxReplicas: FieldDocumentation("The most pods.").count(from: 1)
        case .targetCPUUtilizationPercentage:
            FieldDocumentation(
                "CPU use that is aimed at, in percent of the pods' requests.cpu, on average over all pods."
            ).count(from: 1)
        }
    }
}
