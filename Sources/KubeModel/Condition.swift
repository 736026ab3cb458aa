import JSON

/// One aspect of an object's state, as `metav1.Condition` has it.
package struct Condition: Hashable, Sendable {
    package enum Status: String, Hashable, Sendable {
        case yes = "True"
        case no = "False"
        case unknown = "Unknown"
    }

    package var type: String
    package var status: Status
    /// A word in CamelCase for programs.
    package var reason: String
    /// A sentence for people: what is the case and what to do.
    package var message: String
    /// The generation of the spec that this was found for.
    package var observedGeneration: Int64
    /// When ``status`` last changed.
    package var lastTransitionTime: Timestamp

    package init(
        type: String,
        status: Status,
        reason: String,
        message: String,
        observedGeneration: Int64,
        lastTransitionTime: Timestamp
    ) {
        self.type = type
        self.status = status
        self.reason = reason
        self.message = message
        self.observedGeneration = observedGeneration
        self.lastTransitionTime = lastTransitionTime
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(
            type: "",
            status: .unknown,
            reason: "",
            message: "",
            observedGeneration: 0,
            lastTransitionTime: Timestamp(secondsSinceEpoch: 0)
        )
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "type": type = try reader.readString()
            case "status": status = Status(rawValue: try reader.readString()) ?? .unknown
            case "reason": reason = try reader.readString()
            case "message": message = try reader.readString()
            case "observedGeneration": observedGeneration = try reader.readInt()
            case "lastTransitionTime":
                lastTransitionTime = try reader.readTimestamp() ?? Timestamp(secondsSinceEpoch: 0)
            default: try reader.skipValue()
            }
        }
    }

    package var json: JSONValue {
        [
            "type": .string(type), "status": .string(status.rawValue), "reason": .string(reason),
            "message": .string(message),
            "observedGeneration": .int(observedGeneration),
            "lastTransitionTime": .string(lastTransitionTime.description),
        ]
    }
}

extension [Condition] {
    /// The condition of a type.
    package subscript(type type: String) -> Condition? { first { $0.type == type } }
}
