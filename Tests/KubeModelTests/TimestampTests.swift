import KubeModel
import Testing

struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-21T10:47:02Z", 1_795_258_022), ("2000-02-29T23:59:59Z", 951_868_799),
            ("1969-12-31T23:59:59Z", -1), ("2100-03-01T00:00:00Z", 4_107_542_400),
            ("0001-01-01T00:00:00Z", -62_135_596_800),
        ] as [(String, Int64)]
    )
    func textAndSecondsAgreeInBothDirections(text: String, seconds: Int64) {
        #expect(Timestamp(text)?.secondsSinceEpoch == seconds)
        #expect(Timestamp(secondsSinceEpoch: seconds).description == text)
    }

    @Test func fractionsAreDroppedAndOffsetsApplied() {
        #expect(Timestamp("2026-11-21T10:47:02.123456789Z") == Timestamp("2026-11-21T10:47:02Z"))
        #expect(Timestamp("2026-11-21T12:47:02+02:00") == Timestamp("2026-11-21T10:47:02Z"))
        #expect(Timestamp("2026-11-21T05:17:02-05:30") == Timestamp("2026-11-21T10:47:02Z"))
    }

    @Test(
        arguments: [
            "", "2026-11-21", "2026-11-21T10:47:02", "2026-13-21T10:47:02Z", "2026-11-21T24:47:02Z",
            "2026-11-21T10:47:02+0200",
            "2026-11-21 10:47:02Z", "2026-11-21T10:47:02Zx", "2026-11-21T10:47:02.", "aaaa-bb-ccTdd:ee:ffZ",
        ]
    )
    func whatIsNoTimeIsRefused(text: String) {
        #expect(Timestamp(text) == nil)
    }
}
