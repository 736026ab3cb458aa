import JSON
import KubeModel

/// A pod that is asked for as JSON, for comparison.
struct JSONPod: WireObject {
    let pod: Pod

    var key: ObjectKey { pod.key }
    var uid: UID { pod.uid }
    var resourceVersion: ResourceVersion { pod.resourceVersion }

    init(json reader: inout JSONReader) throws { pod = try Pod(json: &reader) }
}
