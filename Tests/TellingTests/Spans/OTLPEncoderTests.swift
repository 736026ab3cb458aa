import JSON
import Testing
import Tracing

@testable import Telling

struct OTLPEncoderTests {
    private let encoder = OTLPEncoder(resource: ["service.name": "swiftlet"], scope: "swiftlet/1")

    private func span(_ change: (inout FinishedSpan) -> Void = { _ in }) -> FinishedSpan {
        var span = FinishedSpan(
            name: "reconcile webserver",
            kind: .internal,
            identity: SpanIdentity(
                traceID: .init(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10),
                spanID: .init(0x11),
                isSampled: true
            ),
            parent: nil,
            start: 1_700_000_000_000_000_000,
            end: 1_700_000_000_000_000_500,
            attributes: [:],
            failure: nil,
            events: []
        )
        change(&span)
        return span
    }

    private func written(_ span: FinishedSpan) -> JSONValue? {
        let scope = encoder.request([span])["resourceSpans"]?[0]?["scopeSpans"]?[0]
        return scope?["spans"]?[0]
    }

    @Test func aSpanIsWrittenAsTheSpecificationSays() throws {
        let expected = try JSONValue(
            parsing: """
                {"resourceSpans": [{
                  "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "swiftlet"}}]},
                  "scopeSpans": [{
                    "scope": {"name": "swiftlet/1"},
                    "spans": [{
                      "traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0000000000000011",
                      "name": "reconcile webserver", "kind": 1,
                      "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": "1700000000000000500",
                      "attributes": []
                    }]
                  }]
                }]}
                """
        )
        #expect(encoder.request([span()]) == expected)
    }

    @Test func aChildNamesItsParentAndAFailureItsWords() {
        let child = span {
            $0.parent = SpanIdentity.SpanID(0xAB)
            $0.kind = .client
            $0.failure = "status 500"
        }
        #expect(written(child)?["parentSpanId"] == "00000000000000ab")
        #expect(written(child)?["kind"] == 3)
        #expect(written(child)?["status"] == ["code": 2, "message": "status 500"])
    }

    @Test func attributesKeepTheirTypes() {
        let typed = span {
            $0.attributes["text"] = "a\nb"
            $0.attributes["number"] = 42
            $0.attributes["yes"] = true
            $0.attributes["half"] = 0.5
            $0.attributes["endless"] = Double.infinity
            $0.attributes["list"] = ["a", "b"]
        }
        #expect(
            written(typed)?["attributes"] == [
                ["key": "endless", "value": ["doubleValue": "inf"]], ["key": "half", "value": ["doubleValue": 0.5]],
                ["key": "list", "value": ["arrayValue": ["values": [["stringValue": "a"], ["stringValue": "b"]]]]],
                ["key": "number", "value": ["intValue": "42"]], ["key": "text", "value": ["stringValue": "a\nb"]],
                ["key": "yes", "value": ["boolValue": true]],
            ]
        )
    }
}
