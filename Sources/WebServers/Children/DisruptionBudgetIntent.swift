import JSON
import KubeModel
import SwiftletAPI

/// The PodDisruptionBudget of a WebServer.
struct DisruptionBudgetIntent {
    let webServer: WebServer
    let section: DisruptionBudgetSection
    let resource: APIResource
    /// Whether the server knows the field; others would drop it, and the object never be what was applied.
    let hasUnhealthyPodEvictionPolicy: Bool

    var object: DynamicObject {
        ChildIntent(webServer: webServer, resource: resource).object(
            spec: .compact([
                "minAvailable": section.minAvailable?.json, "maxUnavailable": section.maxUnavailable?.json,
                "selector": ["matchLabels": .strings(WebServerNames.podSelector(webServer.metadata.name))],
                "unhealthyPodEvictionPolicy": hasUnhealthyPodEvictionPolicy
                    ? (section.unhealthyPodEvictionPolicy?.rawValue).map(JSONValue.string) : nil,
            ])
        )
    }
}
