import KubeRuntime
import Testing

struct MicroTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (1, "1970-01-01T00:00:00.000001Z"),
            (-1, "1969-12-31T23:59:59.999999Z"), (1_800_000_000_123_456, "2027-01-15T08:00:00.123456Z"),
        ] as [(Int64, String)]
    )
    func itIsWrittenAsTheAPIWantsIt(microseconds: Int64, text: String) {
        #expect(MicroTime(microsecondsSinceEpoch: microseconds).description == text)
    }
}
