import KubeModel
import SwiftletAPI

/// The names by which Swiftlet's web servers are known in a cluster.
package enum WebServerNames {
    /// Field manager of the children.
    package static let manager = "swiftlet"
    /// Field manager of the status.
    package static let statusManager = "swiftlet-status"
    /// Field manager that holds `spec.replicas` between this operator and an autoscaler, see ``WebServerPlanner``.
    package static let handoverManager = "swiftlet-handover"

    package static let managedByLabel = "app.kubernetes.io/managed-by"
    package static let nameLabel = "app.kubernetes.io/name"
    package static let instanceLabel = "app.kubernetes.io/instance"

    /// Selects every object and pod of every WebServer.
    package static let managedSelector = LabelSelector(matchLabels: [managedByLabel: "swiftlet"])

    /// On the Deployment: who decides how many replicas there are.
    package static let scalingAnnotation = "swiftlet.phys.app/scaling"
    /// On the pods: a digest of the content of `spec.configFrom`; the pods roll when it changes.
    package static let configAnnotation = "swiftlet.phys.app/config"

    /// The container, and the name of its port.
    package static let container = "web"
    package static let port = "http"

    /// What selects a WebServer's pods. Never changes for one WebServer: a Deployment's selector is immutable.
    package static func podSelector(_ name: String) -> [String: String] {
        [nameLabel: "webserver", instanceLabel: name]
    }

    /// The labels of every child.
    package static func labels(_ name: String) -> [String: String] {
        podSelector(name).merging([managedByLabel: "swiftlet", "app.kubernetes.io/component": "web-server"]) { $1 }
    }
}
