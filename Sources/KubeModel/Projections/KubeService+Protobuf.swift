/// Field numbers: `core/v1/generated.proto` and `util/intstr/generated.proto`, which never change them.
extension KubeService.Fields {
    init(protobuf reader: inout ProtobufReader) throws(ProtobufError) {
        while let field = try reader.nextField() {
            switch field {
            case 1:
                take(try reader.readMessage { (meta) throws(ProtobufError) in try ObjectMeta(protobuf: &meta) })
            case 2: try reader.readMessage { (spec) throws(ProtobufError) in try readSpec(&spec) }
            default: try reader.skip()
            }
        }
    }

    private mutating func readSpec(_ reader: inout ProtobufReader) throws(ProtobufError) {
        var selector: [String: String] = [:]
        var clusterIP = ""
        var clusterIPs: [String] = []
        while let field = try reader.nextField() {
            switch field {
            case 1:
                ports.append(
                    try reader.readMessage { (port) throws(ProtobufError) in try KubeService.Port(protobuf: &port) }
                )
            case 2:
                let entry = try reader.readMapEntry()
                selector[entry.key] = entry.value
            case 3: clusterIP = try reader.readString()
            case 4: kind = KubeService.Kind(rawValue: try reader.readString()) ?? .clusterIP
            case 18: clusterIPs.append(try reader.readString())
            case 22: internalTrafficPolicy = try reader.readString()
            case 23: trafficDistribution = try reader.readString()
            default: try reader.skip()
            }
        }
        self.selector = FlatMap(selector)
        take(clusterIP: clusterIP, clusterIPs: clusterIPs)
    }
}

extension KubeService.Port {
    fileprivate init(protobuf reader: inout ProtobufReader) throws(ProtobufError) {
        self.init()
        var target: KubeService.TargetPort?
        while let field = try reader.nextField() {
            switch field {
            case 1: name = try reader.readString()
            case 2: portProtocol = Pod.PortProtocol(rawValue: try reader.readString()) ?? .tcp
            case 3: number = try reader.readPort()
            case 4:
                target = try reader.readMessage { (target) throws(ProtobufError) in
                    try KubeService.TargetPort(protobuf: &target)
                }
            case 6: appProtocol = try reader.readString()
            default: try reader.skip()
            }
        }
        self.target = .given(target, for: number)
    }
}

extension KubeService.TargetPort {
    /// Reads an `IntOrString` message.
    fileprivate init(protobuf reader: inout ProtobufReader) throws(ProtobufError) {
        var isName = false
        var number: UInt16 = 0
        var name = ""
        while let field = try reader.nextField() {
            switch field {
            case 1: isName = try reader.readInt() == 1
            case 2: number = try reader.readPort()
            case 3: name = try reader.readString()
            default: try reader.skip()
            }
        }
        self = isName ? .name(name) : .number(number)
    }
}

extension ProtobufReader {
    fileprivate mutating func readPort() throws(ProtobufError) -> UInt16 {
        let start = position
        guard let port = UInt16(exactly: try readInt()) else {
            throw ProtobufError(.typeMismatch, "a port is a number up to 65535", offset: start)
        }
        return port
    }
}
