import JSON
import KubeModel
import SwiftletAPI

/// The HorizontalPodAutoscaler of a WebServer, in whichever version the server serves.
struct AutoscalerIntent {
    let webServer: WebServer
    let section: AutoscalingSection
    let resource: APIResource

    var object: DynamicObject {
        let target = JSONValue.int(Int64(section.targetCPUUtilizationPercentage))
        var spec: JSONValue = [
            "scaleTargetRef": [
                "apiVersion": .string(APIResource.deployments.apiVersion), "kind": "Deployment",
                "name": .string(webServer.metadata.name),
            ],
            "minReplicas": .int(Int64(section.minReplicas)), "maxReplicas": .int(Int64(section.maxReplicas)),
        ]
        if resource.version == "v1" {
            spec["targetCPUUtilizationPercentage"] = target
        } else {
            spec["metrics"] = [
                [
                    "type": "Resource",
                    "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": target]],
                ]
            ]
        }
        return ChildIntent(webServer: webServer, resource: resource).object(spec: spec)
    }
}
