import JSON

extension Pod.Fields {
    init(json reader: inout JSONReader, _ seen: inout RecentlySeen) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": try readMetadata(&reader, &seen)
            case "spec": try readSpec(&reader)
            case "status": try readStatus(&reader, &seen)
            default: try reader.skipValue()
            }
        }
    }

    private mutating func readMetadata(_ reader: inout JSONReader, _ seen: inout RecentlySeen) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": self.key.name = try reader.readString()
            case "namespace": self.key.namespace = try reader.readString()
            case "uid": uid = UID(try reader.readString())
            case "resourceVersion":
                let start = reader.position
                guard let version = ResourceVersion(try reader.readString()) else {
                    throw JSONError(.typeMismatch, "a numeric resourceVersion expected", offset: start)
                }
                resourceVersion = version
            case "deletionTimestamp": deletionTimestamp = try reader.readTimestamp()
            case "labels": labels = try Self.map(&reader, &seen)
            case "annotations": annotations = try Self.map(&reader, &seen)
            case "ownerReferences":
                ownerReferences = try reader.readArray { (item) throws(JSONError) in
                    try OwnerReference(from: &item)
                }
            default: try reader.skipValue()
            }
        }
    }

    private static func map(_ reader: inout JSONReader, _ seen: inout RecentlySeen) throws(JSONError) -> FlatMap {
        if try reader.readNull() { return .empty }
        var texts: [String] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            texts.append(seen.share(key))
            texts.append(seen.share(try reader.readString()))
        }
        return FlatMap(alternating: texts)
    }

    private mutating func readSpec(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "containers":
                try reader.beginArray()
                while try reader.nextElement() { try readContainer(&reader) }
            case "nodeName": nodeName = try reader.readString()
            default: try reader.skipValue()
            }
        }
    }

    private mutating func readContainer(_ reader: inout JSONReader) throws(JSONError) {
        var name = ""
        let firstPort = ports.count
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": name = try reader.readString()
            case "ports":
                ports += try reader.readArray { (item) throws(JSONError) in try Pod.Port(from: &item) }
            default: try reader.skipValue()
            }
        }
        for index in firstPort..<ports.count { ports[index].container = name }
    }

    private mutating func readStatus(_ reader: inout JSONReader, _ seen: inout RecentlySeen) throws(JSONError) {
        var initContainers: [Pod.Container] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "phase": phase = Pod.Phase(rawValue: try reader.readString()) ?? .unknown
            case "podIP": podIP = try reader.readString()
            case "reason": isEvicted = try reader.readString() == Pod.evicted
            case "conditions":
                for condition in try reader.readArray({ (item) throws(JSONError) in try Condition(from: &item) }) {
                    let status = condition.status.rawValue
                    setCondition(condition.type, status, condition.message)
                }
            case "containerStatuses": containers = try reader.readArray(Self.container)
            case "initContainerStatuses":
                initContainers = try reader.readArray(Self.container)
                for index in initContainers.indices { initContainers[index].isInit = true }
            default: try reader.skipValue()
            }
        }
        if !initContainers.isEmpty { containers = initContainers + containers }
    }

    private static func container(_ reader: inout JSONReader) throws(JSONError) -> Pod.Container {
        var container = Pod.Container()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": container.name = try reader.readString()
            case "ready": container.isReady = try reader.readBool()
            case "restartCount": container.restartCount = Int32(truncatingIfNeeded: try reader.readInt())
            case "state": container.state = try Pod.Container.State(from: &reader)
            default: try reader.skipValue()
            }
        }
        return container
    }

    /// Takes what matters from one of the pod's conditions.
    mutating func setCondition(_ type: String, _ status: String, _ message: String) {
        switch type {
        case "Ready": isReady = status == "True"
        case "PodScheduled": schedulingMessage = status == "True" ? "" : message
        default: break
        }
    }
}

extension Pod.Port {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": name = try reader.readString()
            case "containerPort": number = UInt16(truncatingIfNeeded: try reader.readInt())
            case "protocol": portProtocol = Pod.PortProtocol(rawValue: try reader.readString()) ?? .tcp
            default: try reader.skipValue()
            }
        }
    }
}

extension Pod.Container.State {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        self = .waiting(reason: "", message: "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "running":
                try reader.skipValue()
                self = .running
            case "waiting":
                let (_, reason, message) = try Self.explanation(&reader)
                self = .waiting(reason: reason, message: message)
            case "terminated":
                let (exitCode, reason, message) = try Self.explanation(&reader)
                self = .terminated(exitCode: exitCode, reason: reason, message: message)
            default: try reader.skipValue()
            }
        }
    }

    private static func explanation(
        _ reader: inout JSONReader
    ) throws(JSONError) -> (exitCode: Int32, reason: String, message: String) {
        var result = (exitCode: Int32(0), reason: "", message: "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "exitCode": result.exitCode = Int32(truncatingIfNeeded: try reader.readInt())
            case "reason": result.reason = try reader.readString()
            case "message": result.message = try reader.readString()
            default: try reader.skipValue()
            }
        }
        return result
    }
}
