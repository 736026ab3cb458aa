import Testing

@testable import SwiftletAPI

struct DurationRuleTests {
    @Test(arguments: [
        ("24h", true), ("10y", true), ("1d12h", true), ("1y2w3d4h5m6s7ms", true), ("500ms", true), ("", false),
        ("24", false), ("h", false), ("1h1d", false), ("1h1h", false), ("1.5h", false), ("24 h", false), ("-1h", false),
    ])
    func `Kuma's durations`(_ text: String, _ isRight: Bool) { #expect(DurationRule.isKumaDuration(text) == isRight) }

    @Test(arguments: [
        ("10s", true), ("0.5s", true), ("0s", true), ("10", false), ("s", false), (".5s", false), ("1.s", false),
        ("1m", false), ("1.1234567891s", false), ("1..2s", false),
    ])
    func `Protobuf's durations`(_ text: String, _ isRight: Bool) {
        #expect(DurationRule.isProtobufDuration(text) == isRight)
    }
}
