/// Field numbers: `core/v1/generated.proto` and `meta/v1/generated.proto`, which never change them.
extension Pod.Fields {
    init(protobuf reader: inout ProtobufReader, _ seen: inout RecentlySeen) throws(ProtobufError) {
        while let field = try reader.nextField() {
            switch field {
            case 1: try read(&reader, &seen, Self.metadata)
            case 2: try read(&reader, &seen, Self.spec)
            case 3: try read(&reader, &seen, Self.status)
            default: try reader.skip()
            }
        }
    }

    private typealias Part = (inout Pod.Fields, inout ProtobufReader, inout RecentlySeen) throws(ProtobufError) -> Void

    private mutating func read(
        _ reader: inout ProtobufReader,
        _ seen: inout RecentlySeen,
        _ part: Part
    ) throws(ProtobufError) {
        try reader.readMessage { (message) throws(ProtobufError) in try part(&self, &message, &seen) }
    }

    private static func metadata(
        _ pod: inout Pod.Fields,
        _ reader: inout ProtobufReader,
        _ seen: inout RecentlySeen
    ) throws(ProtobufError) {
        var labels: [String] = []
        var annotations: [String] = []
        while let field = try reader.nextField() {
            switch field {
            case 1: pod.key.name = try reader.readString()
            case 3: pod.key.namespace = try seen.text(&reader)
            case 5: pod.uid = UID(try reader.readString())
            case 6: pod.resourceVersion = try reader.readResourceVersion()
            case 9: pod.deletionTimestamp = try reader.readTimestamp()
            case 11: try entry(&labels, &reader, &seen)
            case 12: try entry(&annotations, &reader, &seen)
            case 13:
                let owner = try reader.readMessage { (message) throws(ProtobufError) in
                    try OwnerReference(protobuf: &message)
                }
                pod.ownerReferences.append(owner)
            default: try reader.skip()
            }
        }
        pod.labels = FlatMap(alternating: labels)
        pod.annotations = FlatMap(alternating: annotations)
    }

    private static func entry(
        _ texts: inout [String],
        _ reader: inout ProtobufReader,
        _ seen: inout RecentlySeen
    ) throws(ProtobufError) {
        var name = ""
        var value = ""
        try reader.readMessage { (entry) throws(ProtobufError) in
            while let field = try entry.nextField() {
                switch field {
                case 1: name = try seen.text(&entry)
                case 2: value = try seen.text(&entry)
                default: try entry.skip()
                }
            }
        }
        texts.append(name)
        texts.append(value)
    }

    private static func spec(
        _ pod: inout Pod.Fields,
        _ reader: inout ProtobufReader,
        _ seen: inout RecentlySeen
    ) throws(ProtobufError) {
        while let field = try reader.nextField() {
            switch field {
            case 2: try pod.read(&reader, &seen, container)
            case 10: pod.nodeName = try seen.text(&reader)
            default: try reader.skip()
            }
        }
    }

    private static func container(
        _ pod: inout Pod.Fields,
        _ reader: inout ProtobufReader,
        _ seen: inout RecentlySeen
    ) throws(ProtobufError) {
        var name = ""
        let firstPort = pod.ports.count
        while let field = try reader.nextField() {
            switch field {
            case 1: name = try seen.text(&reader)
            case 6:
                pod.ports.append(
                    try reader.readMessage { (message) throws(ProtobufError) in try Pod.Port(protobuf: &message) }
                )
            default: try reader.skip()
            }
        }
        for index in firstPort..<pod.ports.count { pod.ports[index].container = name }
    }

    private static func status(
        _ pod: inout Pod.Fields,
        _ reader: inout ProtobufReader,
        _ seen: inout RecentlySeen
    ) throws(ProtobufError) {
        var initContainers: [Pod.Container] = []
        while let field = try reader.nextField() {
            switch field {
            case 1: pod.phase = Pod.Phase(rawValue: try reader.readString()) ?? .unknown
            case 2: try pod.read(&reader, &seen, condition)
            case 4: pod.isEvicted = try seen.text(&reader) == Pod.evicted
            case 6: pod.podIP = try reader.readString()
            case 8, 10:
                var container = try reader.readMessage { (message) throws(ProtobufError) in
                    try Pod.Container(protobuf: &message, &seen)
                }
                container.isInit = field == 10
                if container.isInit { initContainers.append(container) } else { pod.containers.append(container) }
            default: try reader.skip()
            }
        }
        if !initContainers.isEmpty { pod.containers = initContainers + pod.containers }
    }

    private static func condition(
        _ pod: inout Pod.Fields,
        _ reader: inout ProtobufReader,
        _ seen: inout RecentlySeen
    ) throws(ProtobufError) {
        var type = ""
        var status = ""
        var message = ""
        while let field = try reader.nextField() {
            switch field {
            case 1: type = try seen.text(&reader)
            case 2: status = try seen.text(&reader)
            case 6: message = try seen.text(&reader)
            default: try reader.skip()
            }
        }
        pod.setCondition(type, status, message)
    }
}

extension Pod.Port {
    fileprivate init(protobuf reader: inout ProtobufReader) throws(ProtobufError) {
        self.init()
        while let field = try reader.nextField() {
            switch field {
            case 1: name = try reader.readString()
            case 3: number = UInt16(truncatingIfNeeded: try reader.readInt())
            case 4: portProtocol = Pod.PortProtocol(rawValue: try reader.readString()) ?? .tcp
            default: try reader.skip()
            }
        }
    }
}

extension Pod.Container {
    fileprivate init(protobuf reader: inout ProtobufReader, _ seen: inout RecentlySeen) throws(ProtobufError) {
        self.init()
        while let field = try reader.nextField() {
            switch field {
            case 1: name = try seen.text(&reader)
            case 2:
                state = try reader.readMessage { (message) throws(ProtobufError) in
                    try State(protobuf: &message, &seen)
                }
            case 4: isReady = try reader.readBool()
            case 5: restartCount = Int32(truncatingIfNeeded: try reader.readInt())
            default: try reader.skip()
            }
        }
    }
}

extension Pod.Container.State {
    fileprivate init(protobuf reader: inout ProtobufReader, _ seen: inout RecentlySeen) throws(ProtobufError) {
        self = .waiting(reason: "", message: "")
        while let field = try reader.nextField() {
            switch field {
            case 1:
                let (_, reason, message) = try reader.readMessage { (body) throws(ProtobufError) in
                    try Self.explanation(&body, &seen, reason: 1, message: 2)
                }
                self = .waiting(reason: reason, message: message)
            case 2:
                try reader.skip()
                self = .running
            case 3:
                let (exitCode, reason, message) = try reader.readMessage { (body) throws(ProtobufError) in
                    try Self.explanation(&body, &seen, exitCode: 1, reason: 3, message: 4)
                }
                self = .terminated(exitCode: exitCode, reason: reason, message: message)
            default: try reader.skip()
            }
        }
    }

    private static func explanation(
        _ reader: inout ProtobufReader,
        _ seen: inout RecentlySeen,
        exitCode exitCodeField: Int? = nil,
        reason reasonField: Int,
        message messageField: Int
    ) throws(ProtobufError) -> (exitCode: Int32, reason: String, message: String) {
        var result = (exitCode: Int32(0), reason: "", message: "")
        while let field = try reader.nextField() {
            switch field {
            case exitCodeField: result.exitCode = Int32(truncatingIfNeeded: try reader.readInt())
            case reasonField: result.reason = try seen.text(&reader)
            case messageField: result.message = try seen.text(&reader)
            default: try reader.skip()
            }
        }
        return result
    }
}
