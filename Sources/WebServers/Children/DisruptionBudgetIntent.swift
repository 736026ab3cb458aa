import JSON
import KubeModel
import SwiftletAPI

/// The PodDisruptionBudget of a WebServer.
struct DisruptionBudgetIntent {
    let webServer: WebServer
    let section: DisruptionBudgetSection
    let resource: APIResource

    var object: DynamicObject {
        ChildIntent(webServer: webServer, resource: resource).object(
            spec: .compact([
                "minAvailable": section.minAvailable?.json, "maxUnavailable": section.maxUnavailable?.json,
                "selector": ["matchLabels": .strings(WebServerNames.podSelector(webServer.metadata.name))],
            ])
        )
    }
}
