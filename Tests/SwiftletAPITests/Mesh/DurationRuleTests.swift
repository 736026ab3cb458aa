import Testing

@testable import SwiftletAPI

struct DurationRuleTests {
    @Test(arguments: [
        ("24h", true), ("1d", true), ("10y", true), ("1d12h", true), ("500ms", true), ("1m500ms", true),
        ("", false), ("1", false), ("h", false), ("1h1d", false), ("1.5h", false), ("-1h", false), ("1 h", false),
        ("1us", false),
    ])
    func `Kuma's durations`(_ text: String, _ isRight: Bool) { #expect(DurationRule.isKumaDuration(text) == isRight) }

    @Test(arguments: [
        ("10s", true), ("0.5s", true), ("1m", true), ("500ms", true), ("1m30s", true), ("1.5h", true), ("0", true),
        ("-1s", true), ("+1s", true), (".5s", true), ("1.s", true), ("100us", true), ("3ns", true), ("1h30m10s", true),
        ("", false), ("10", false), ("s", false), ("1d", false), ("1 s", false), ("ten", false), (".s", false),
        ("1S", false),
        ("9223372036854775808ns", false),
    ])
    func `Durations of protobuf messages are Go's`(_ text: String, _ isRight: Bool) {
        #expect((DurationRule.problem(withDuration: text) == nil) == isRight)
    }
}
