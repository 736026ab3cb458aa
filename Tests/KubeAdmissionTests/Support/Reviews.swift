import JSON
import KubeAdmission
import KubeModel
import Logging

/// Reviews as API servers send them.
enum Reviews {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A creation of a ConfigMap.
    static func review(_ change: (inout JSONValue) -> Void = { _ in }) -> [UInt8] {
        var review: JSONValue = [
            "kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1",
            "request": [
                "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
                "kind": ["group": "", "version": "v1", "kind": "ConfigMap"],
                "resource": ["group": "", "version": "v1", "resource": "configmaps"],
                "requestKind": ["group": "", "version": "v1", "kind": "ConfigMap"],
                "name": "settings", "namespace": "default", "operation": "CREATE",
                "userInfo": ["username": "admin", "uid": "014fbff9a07c", "groups": ["system:authenticated", "admin"]],
                "object": ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "settings"]],
                "oldObject": .null, "options": ["kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"],
                "dryRun": false,
            ],
        ]
        change(&review)
        return review.encoded()
    }
}
