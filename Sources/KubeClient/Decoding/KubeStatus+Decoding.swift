import JSON
import KubeModel

extension KubeStatus {
    /// How much of a body that is no `Status` is kept in the message, in bytes.
    static let excerptLimit = 512

    /// The status of a response that is no success, whatever its body: a `Status` in either format, or what a proxy on the way wrote.
    ///
    /// The code is always that of the response.
    ///
    /// - Parameter retryAfter: the `Retry-After` field; only its form in seconds is understood.
    init(responseCode: Int, contentType: String?, retryAfter: String?, body: [UInt8]) {
        self =
            Self.parsed(body, WireFormat(contentType: contentType))
            ?? KubeStatus(code: responseCode, reason: "", message: Self.excerpt(body))
        code = responseCode
        if let seconds = retryAfter.flatMap({ Int($0) }), seconds >= 0 { retryAfterSeconds = seconds }
    }

    /// `nil` if the body is no `Status`.
    private static func parsed(_ body: [UInt8], _ format: WireFormat) -> KubeStatus? {
        do {
            switch format {
            case .json:
                var reader = JSONReader(body)
                let status = try KubeStatus(from: &reader)
                return status.message.isEmpty && status.reason.isEmpty ? nil : status
            case .protobuf:
                var reader = ProtobufReader(body, in: try ProtobufEnvelope(body, in: body.indices).object)
                return try KubeStatus(protobuf: &reader)
            }
        } catch {
            return nil  // Not an error: the caller keeps an excerpt of what stands there instead.
        }
    }

    /// The start of a text as one line of printable characters.
    private static func excerpt(_ body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(excerptLimit), as: UTF8.self)
        let words = text.split { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
        return words.joined(separator: " ") + (body.count > excerptLimit ? " …" : "")
    }

    /// Reads a `Status` object.
    init(from reader: inout JSONReader) throws(JSONError) {
        self.init(code: 0, reason: "", message: "")
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "code": code = Int(try reader.readInt())
            case "reason": reason = try reader.readString()
            case "message": message = try reader.readString()
            case "details": try readDetails(&reader)
            default: try reader.skipValue()
            }
        }
    }

    private mutating func readDetails(_ reader: inout JSONReader) throws(JSONError) {
        guard try !reader.readNull() else { return }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": details.name = try reader.readString()
            case "group": details.group = try reader.readString()
            case "kind": details.kind = try reader.readString()
            case "uid": details.uid = UID(try reader.readString())
            case "retryAfterSeconds": retryAfterSeconds = Int(try reader.readInt())
            case "causes":
                details.causes = try reader.readArray { (item) throws(JSONError) in try Cause(from: &item) }
            default: try reader.skipValue()
            }
        }
    }

    /// Reads a `Status` message.
    init(protobuf reader: inout ProtobufReader) throws(ProtobufError) {
        self.init(code: 0, reason: "", message: "")
        while let field = try reader.nextField() {
            switch field {
            case 3: message = try reader.readString()
            case 4: reason = try reader.readString()
            case 5: (details, retryAfterSeconds) = try reader.readMessage(Self.details)
            case 6: code = Int(try reader.readInt())
            default: try reader.skip()
            }
        }
    }

    private static func details(_ reader: inout ProtobufReader) throws(ProtobufError) -> (Details, Int?) {
        var details = Details()
        var retryAfter: Int?
        while let field = try reader.nextField() {
            switch field {
            case 1: details.name = try reader.readString()
            case 2: details.group = try reader.readString()
            case 3: details.kind = try reader.readString()
            case 4:
                details.causes.append(
                    try reader.readMessage { (cause) throws(ProtobufError) in try Cause(protobuf: &cause) }
                )
            case 5:
                let seconds = Int(try reader.readInt())
                retryAfter = seconds > 0 ? seconds : nil
            case 6: details.uid = UID(try reader.readString())
            default: try reader.skip()
            }
        }
        return (details, retryAfter)
    }
}

extension KubeStatus.Cause {
    fileprivate init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "reason": reason = try reader.readString()
            case "message": message = try reader.readString()
            case "field": field = try reader.readString()
            default: try reader.skipValue()
            }
        }
    }

    fileprivate init(protobuf reader: inout ProtobufReader) throws(ProtobufError) {
        self.init()
        while let field = try reader.nextField() {
            switch field {
            case 1: reason = try reader.readString()
            case 2: message = try reader.readString()
            case 3: self.field = try reader.readString()
            default: try reader.skip()
            }
        }
    }
}
