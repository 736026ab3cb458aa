import JSON
import KubeModel

extension Condition: Codable {
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case type, status, reason, message, observedGeneration, lastTransitionTime
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let time = try container.decode(String.self, forKey: .lastTransitionTime)
        self.init(
            type: try container.decode(String.self, forKey: .type),
            status: Status(rawValue: try container.decode(String.self, forKey: .status)) ?? .unknown,
            reason: try container.decodeIfPresent(String.self, forKey: .reason) ?? "",
            message: try container.decodeIfPresent(String.self, forKey: .message) ?? "",
            observedGeneration: try container.decodeIfPresent(Int64.self, forKey: .observedGeneration) ?? 0,
            lastTransitionTime: Timestamp(time) ?? Timestamp(secondsSinceEpoch: 0)
        )
    }

    package func encode(to encoder: any Encoder) throws { try json.encode(to: encoder) }
}

extension Condition: SchemaType {
    static var schema: JSONSchema {
        var status = JSONSchema(.string, description: "Whether the condition holds.")
        status.enumeration = [Status.yes, .no, .unknown].map(\.rawValue)
        var generation = Int64.schema
        generation.description = "The metadata.generation that this was found for."
        var time = JSONSchema(.string, description: "When status last changed.")
        time.format = "date-time"
        return JSONSchema(
            .object(
                properties: [
                    "type": JSONSchema(.string, description: "Which aspect this is about, such as Ready."),
                    "status": status,
                    "reason": JSONSchema(.string, description: "Why, as one word for programs."),
                    "message": JSONSchema(
                        .string,
                        description: "Why, as a sentence for people, with what to do about it."
                    ),
                    "observedGeneration": generation,
                    "lastTransitionTime": time,
                ],
                required: ["type", "status", "lastTransitionTime"]
            )
        )
    }

    static var example: Condition {
        Condition(
            type: "",
            status: .unknown,
            reason: "",
            message: "",
            observedGeneration: 0,
            lastTransitionTime: Timestamp(secondsSinceEpoch: 0)
        )
    }
}
