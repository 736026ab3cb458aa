import JSON
import Tracing

/// Spans as OTLP/HTTP takes them in JSON: the message `ExportTraceServiceRequest` in protobuf's mapping, identities in hexadecimal, and
/// 64-bit numbers as text. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
package struct OTLPEncoder: Sendable {
    /// Who made the spans, such as `service.name`.
    package var resource: [String: String]
    package var scope: String

    package init(resource: [String: String], scope: String) {
        self.resource = resource
        self.scope = scope
    }

    package func request(_ spans: [FinishedSpan]) -> JSONValue {
        let attributes = resource.sorted { $0.key < $1.key }.map {
            Self.pair($0.key, ["stringValue": .string($0.value)])
        }
        return [
            "resourceSpans": [
                [
                    "resource": ["attributes": .array(attributes)],
                    "scopeSpans": [
                        ["scope": ["name": .string(scope)], "spans": .array(spans.map(Self.span))]
                    ],
                ]
            ]
        ]
    }

    private static func span(_ span: FinishedSpan) -> JSONValue {
        .compact([
            "traceId": .string("\(span.identity.traceID)"),
            "spanId": .string("\(span.identity.spanID)"),
            "parentSpanId": span.parent.map { .string("\($0)") },
            "name": .string(span.name),
            "kind": .int(number(of: span.kind)),
            "startTimeUnixNano": .string(String(span.start)),
            "endTimeUnixNano": .string(String(span.end)),
            "attributes": .array(self.attributes(span.attributes)),
            "events": span.events.isEmpty ? nil : .array(span.events.map(event)),
            // STATUS_CODE_ERROR; that all is well goes without saying.
            "status": span.failure.map { ["code": 2, "message": .string($0)] },
        ])
    }

    private static func event(_ event: SpanEvent) -> JSONValue {
        [
            "name": .string(event.name), "timeUnixNano": .string(String(event.nanosecondsSinceEpoch)),
            "attributes": .array(attributes(event.attributes)),
        ]
    }

    private static func attributes(_ attributes: SpanAttributes) -> [JSONValue] {
        var pairs: [(String, JSONValue)] = []
        attributes.forEach { name, attribute in
            if let value = value(of: attribute) { pairs.append((name, value)) }
        }
        return pairs.sorted { $0.0 < $1.0 }.map(pair)
    }

    private static func pair(_ name: String, _ value: JSONValue) -> JSONValue {
        ["key": .string(name), "value": value]
    }

    private static func value(of attribute: SpanAttribute) -> JSONValue? {
        switch attribute {
        case .int32(let value): ["intValue": .string(String(value))]
        case .int64(let value): ["intValue": .string(String(value))]
        case .double(let value): ["doubleValue": value.isFinite ? .double(value) : .string("\(value)")]
        case .bool(let value): ["boolValue": .bool(value)]
        case .string(let value): ["stringValue": .string(value)]
        case .stringConvertible(let value): ["stringValue": .string("\(value)")]
        case .stringArray(let values):
            ["arrayValue": ["values": .array(values.map { ["stringValue": .string($0)] })]]
        default: nil
        }
    }

    /// The numbers of `Span.SpanKind`.
    private static func number(of kind: SpanKind) -> Int64 {
        switch kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}
