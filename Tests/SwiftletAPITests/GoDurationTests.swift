import SwiftletAPI
import Testing

/// The values are those that `time.ParseDuration` and `Duration.String` of Go 1.24 give.
struct GoDurationTests {
    @Test(
        arguments: [
            ("0", 0), ("+0", 0), ("-0", 0), ("0s", 0), ("5s", 5_000_000_000), ("30s", 30_000_000_000),
            ("1478s", 1_478_000_000_000), ("-5s", -5_000_000_000), ("+5s", 5_000_000_000), ("5.0s", 5_000_000_000),
            ("5.6s", 5_600_000_000), ("5.s", 5_000_000_000), (".5s", 500_000_000), ("1.0s", 1_000_000_000),
            ("1.00s", 1_000_000_000), ("1.004s", 1_004_000_000), ("1.0040s", 1_004_000_000),
            ("100.00100s", 100_001_000_000), ("10ns", 10), ("11us", 11_000), ("12\u{B5}s", 12_000),
            ("12\u{3BC}s", 12_000), ("13ms", 13_000_000), ("14s", 14_000_000_000), ("15m", 900_000_000_000),
            ("16h", 57_600_000_000_000), ("3h30m", 12_600_000_000_000), ("10.5s4m", 250_500_000_000),
            ("-2m3.4s", -123_400_000_000), ("1h2m3s4ms5us6ns", 3_723_004_005_006),
            ("39h9m14.425s", 140_954_425_000_000), ("52763797000ns", 52_763_797_000),
            ("0.3333333333333333333h", 1_200_000_000_000), ("9007199254740993ns", 9_007_199_254_740_993),
            ("9223372036854775807ns", .max), ("9223372036854775.807us", .max), ("9223372036s854ms775us807ns", .max),
            ("-9223372036854775808ns", .min), ("-9223372036854775.808us", .min), ("-2562047h47m16.854775808s", .min),
            ("0.100000000000000000000h", 360_000_000_000), ("0.830103483285477580700h", 2_988_372_539_827),
            ("1m", 60_000_000_000), ("500ms", 500_000_000), ("1m30s", 90_000_000_000), ("1.5s", 1_500_000_000),
            ("1.5m", 90_000_000_000), ("24h", 86_400_000_000_000), ("1500ms500ms", 2_000_000_000),
            ("00030s", 30_000_000_000), ("1s1s", 2_000_000_000), ("0.0000000001s", 0), ("-.5s", -500_000_000),
            ("0h0m0s", 0), ("1h1h", 7_200_000_000_000),
        ] as [(String, Int64)]
    )
    func reads(text: String, nanoseconds: Int64) throws {
        #expect(try GoDuration(parsing: text).nanoseconds == nanoseconds)
    }

    @Test(
        arguments: [
            ("", #"time: invalid duration """#), ("3", #"time: missing unit in duration "3""#),
            ("-", #"time: invalid duration "-""#), ("s", #"time: invalid duration "s""#),
            (".", #"time: invalid duration ".""#), ("-.", #"time: invalid duration "-.""#),
            (".s", #"time: invalid duration ".s""#), ("+.s", #"time: invalid duration "+.s""#),
            ("1d", #"time: unknown unit "d" in duration "1d""#), ("1y", #"time: unknown unit "y" in duration "1y""#),
            ("1S", #"time: unknown unit "S" in duration "1S""#), ("1 s", #"time: unknown unit " s" in duration "1 s""#),
            ("1s ", #"time: unknown unit "s " in duration "1s ""#), (" 1s", #"time: invalid duration " 1s""#),
            ("1s-1s", #"time: unknown unit "s-" in duration "1s-1s""#), ("30", #"time: missing unit in duration "30""#),
            ("1m30", #"time: missing unit in duration "1m30""#),
            ("1e3s", #"time: unknown unit "e" in duration "1e3s""#),
            ("0x1s", #"time: unknown unit "x" in duration "0x1s""#), ("--1s", #"time: invalid duration "--1s""#),
            ("1..5s", #"time: missing unit in duration "1..5s""#),
            ("1,5s", #"time: unknown unit "," in duration "1,5s""#),
            ("null", #"time: invalid duration "null""#),
            ("9223372036854775810ns", #"time: invalid duration "9223372036854775810ns""#),
            ("9223372036854775808ns", #"time: invalid duration "9223372036854775808ns""#),
            ("-9223372036854775809ns", #"time: invalid duration "-9223372036854775809ns""#),
            ("9223372036854776us", #"time: invalid duration "9223372036854776us""#),
            ("3000000h", #"time: invalid duration "3000000h""#),
            ("9223372036854775.808us", #"time: invalid duration "9223372036854775.808us""#),
            ("9223372036854ms775us808ns", #"time: invalid duration "9223372036854ms775us808ns""#),
            ("99999999999999999999s", #"time: invalid duration "99999999999999999999s""#),
            ("00", #"time: missing unit in duration "00""#), ("0.0", #"time: missing unit in duration "0.0""#),
        ]
    )
    func refuses(text: String, message: String) {
        let error = #expect(throws: GoDuration.ParsingError.self) { try GoDuration(parsing: text) }
        #expect(error?.description == message)
    }

    @Test(
        arguments: [
            (0, "0s"), (1, "1ns"), (1100, "1.1\u{B5}s"), (2_200_000, "2.2ms"), (3_300_000_000, "3.3s"),
            (245_000_000_000, "4m5s"), (245_001_000_000, "4m5.001s"), (18_367_001_000_000, "5h6m7.001s"),
            (480_000_000_001, "8m0.000000001s"), (.max, "2562047h47m16.854775807s"),
            (.min, "-2562047h47m16.854775808s"), (3_600_000_000_000, "1h0m0s"), (60_000_000_000, "1m0s"),
            (500_000_000, "500ms"), (-90_000_000_000, "-1m30s"),
        ] as [(Int64, String)]
    )
    func isPrintedAsGoPrintsIt(nanoseconds: Int64, text: String) throws {
        #expect(GoDuration(nanoseconds: nanoseconds).description == text)
        #expect(try GoDuration(parsing: text).nanoseconds == nanoseconds)
    }

    @Test(arguments: [("0s", 0), ("999ms", 0), ("1s", 1), ("1.5s", 1), ("1.5m", 90), ("-1.5s", -1), ("-1s", -1)])
    func wholeSecondsAreCutOff(text: String, seconds: Int64) throws {
        #expect(try GoDuration(parsing: text).wholeSeconds == seconds)
    }

    @Test func longTextsTakeNoLongerThanTheyAre() throws {
        #expect(try GoDuration(parsing: String(repeating: "1ns", count: 100_000)).nanoseconds == 100_000)
        #expect(throws: GoDuration.ParsingError.self) {
            try GoDuration(parsing: String(repeating: "9", count: 1_000_000) + "s")
        }
    }
}
