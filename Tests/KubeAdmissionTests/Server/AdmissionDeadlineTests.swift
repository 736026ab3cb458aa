import Testing

@testable import KubeAdmission

@Suite struct AdmissionDeadlineTests {
    @Test(arguments: [
        ("timeout=10s", 9500), ("timeout=2s", 1800), ("timeout=1s&a=b", 900), ("a&timeout=30s", 29_500), ("", 9500),
        ("timeout=1h", 29_500), ("timeout=500ms", 450), ("timeout=0s", 9500), ("timeout=-1s", 9500),
        ("timeout=x", 9500),
        ("timeout=", 9500), ("timeout=1e9s", 9500), ("xtimeout=1s", 9500), ("timeout=99999999999999999999999h", 9500),
    ])
    func `handlers have a little less time than servers wait`(query: String, milliseconds: Int) {
        #expect(AdmissionDeadline.limit(query: query[...]) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        ("1m30s", Duration.seconds(90)), ("1.5s", .milliseconds(1500)), ("1h0m0s", .seconds(3600)),
        ("2ms", .milliseconds(2)),
        ("5us", .microseconds(5)), ("5µs", .microseconds(5)), ("7ns", .nanoseconds(7)), ("", nil), ("5", nil),
        ("s", nil),
        ("1..5s", nil), ("5 s", nil), ("9000h", nil), ("5d", nil), ("inf", nil), ("nans", nil), ("٣s", nil),
    ])
    func `durations are written as in Go`(text: String, duration: Duration?) {
        #expect(AdmissionDeadline.duration(text[...]) == duration)
    }
}
