import JSON
import KubeModel
import WebServers

/// A pod of a WebServer as the operator stores it: why it does not come up, if it does not.
struct PodObject: WireObject {
    let key: ObjectKey
    let uid: UID
    let resourceVersion: ResourceVersion
    /// The name of the WebServer, by the pod's label; empty when the label is missing.
    let instance: String
    let pod: ObservedPod

    init(json reader: inout JSONReader) throws {
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        var pod = ObservedPod(name: "", isReady: false)
        try reader.beginObject()
        while let member = try reader.nextKey() {
            switch member {
            case "metadata": metadata = try ObjectMeta(from: &reader)
            case "status": try Self.readStatus(&reader, into: &pod)
            default: try reader.skipValue()
            }
        }
        key = metadata.key
        uid = metadata.uid
        resourceVersion = metadata.resourceVersion
        instance = metadata.labels[WebServerNames.instanceLabel] ?? ""
        pod.name = metadata.name
        pod.isBeingDeleted = metadata.isBeingDeleted
        // A ready pod explains nothing: its parts need not be kept.
        if pod.isReady { pod.containers = [] }
        self.pod = pod
    }

    private static func readStatus(_ reader: inout JSONReader, into pod: inout ObservedPod) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "conditions":
                let conditions = try reader.readArray { (item) throws(JSONError) in try Condition(from: &item) }
                pod.isReady = conditions[type: "Ready"]?.status == .yes
                if let scheduled = conditions[type: "PodScheduled"], scheduled.status == .no {
                    pod.unschedulable = scheduled.message
                }
            case "initContainerStatuses", "containerStatuses":
                let containers = try reader.readArray { (item) throws(JSONError) in
                    try ObservedPod.Container(from: &item)
                }
                // Init containers come first, whatever the order in which they are sent: nothing else runs before they are done.
                pod.containers =
                    field == "containerStatuses" ? pod.containers + containers : containers + pod.containers
            default: try reader.skipValue()
            }
        }
    }
}

extension ObservedPod.Container {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        self.init(name: "")
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "name": name = try reader.readString()
            case "restartCount": restartCount = try reader.readInt()
            case "state", "lastState": try readState(&reader, isCurrent: field == "state")
            default: try reader.skipValue()
            }
        }
    }

    private mutating func readState(_ reader: inout JSONReader, isCurrent: Bool) throws(JSONError) {
        try reader.beginObject()
        while let state = try reader.nextKey() {
            guard state == "waiting" && isCurrent || state == "terminated" else {
                try reader.skipValue()
                continue
            }
            try reader.beginObject()
            while let field = try reader.nextKey() {
                switch (state, field) {
                case ("waiting", "reason"): waitingReason = try reader.readString()
                case ("waiting", "message"): waitingMessage = try reader.readString()
                case ("terminated", "reason"): terminatedReason = try reader.readString()
                case ("terminated", "message"): terminatedMessage = try reader.readString()
                case ("terminated", "exitCode"): exitCode = try reader.readInt()
                default: try reader.skipValue()
                }
            }
        }
    }
}
