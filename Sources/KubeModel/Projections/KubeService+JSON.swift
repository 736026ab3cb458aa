import JSON

extension KubeService.Fields {
    init(json reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": take(try ObjectMeta(from: &reader))
            case "spec": try readSpec(&reader)
            default: try reader.skipValue()
            }
        }
    }

    private mutating func readSpec(_ reader: inout JSONReader) throws(JSONError) {
        var clusterIP = ""
        var clusterIPs: [String] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "type": kind = KubeService.Kind(rawValue: try reader.readString()) ?? .clusterIP
            case "selector": selector = FlatMap(try reader.readStringMap())
            case "clusterIP": clusterIP = try reader.readNull() ? "" : reader.readString()
            case "internalTrafficPolicy": internalTrafficPolicy = try reader.readNull() ? "" : reader.readString()
            case "trafficDistribution": trafficDistribution = try reader.readNull() ? "" : reader.readString()
            case "clusterIPs":
                clusterIPs = try reader.readArray { (item) throws(JSONError) in try item.readString() }
            case "ports":
                ports = try reader.readArray { (item) throws(JSONError) in try KubeService.Port(from: &item) }
            default: try reader.skipValue()
            }
        }
        take(clusterIP: clusterIP, clusterIPs: clusterIPs)
    }
}

extension KubeService.Port {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        var target: KubeService.TargetPort?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": name = try reader.readString()
            case "port": number = try reader.readPort()
            case "protocol": portProtocol = Pod.PortProtocol(rawValue: try reader.readString()) ?? .tcp
            case "appProtocol": appProtocol = try reader.readNull() ? nil : reader.readString()
            case "targetPort":
                switch try reader.peekKind() {
                case .string: target = .name(try reader.readString())
                case .null: try reader.skipValue()
                default: target = .number(try reader.readPort())
                }
            default: try reader.skipValue()
            }
        }
        self.target = .given(target, for: number)
    }
}

extension KubeService.TargetPort {
    /// The target of a port of a Service. Zero, nothing and an empty name are what the API server reads as "the same port".
    static func given(_ target: KubeService.TargetPort?, for number: UInt16) -> KubeService.TargetPort {
        switch target {
        case nil, .number(0), .name(""): .number(number)
        case .some(let target): target
        }
    }
}

extension JSONReader {
    fileprivate mutating func readPort() throws(JSONError) -> UInt16 {
        let start = position
        guard let port = UInt16(exactly: try readInt()) else {
            throw JSONError(.typeMismatch, "a port is a number up to 65535", offset: start)
        }
        return port
    }
}
