import KubeRuntime
import Logging
import Testing

@testable import Telling

struct LogfmtLineTests {
    private func text(
        _ message: String,
        _ metadata: Logger.Metadata = [:],
        level: Logger.Level = .info,
        logger: String = "",
        isColored: Bool = false
    ) -> String {
        let line = LogLine(
            time: MicroTime(microsecondsSinceEpoch: 1_700_000_000_123_456),
            level: level,
            message: message,
            logger: logger,
            metadata: metadata
        )
        return String(decoding: LogFormat.logfmt.bytes(of: line, isColored: isColored), as: UTF8.self)
    }

    @Test func timeLevelAndMessageComeFirst() {
        #expect(text("begins") == "ts=2023-11-14T22:13:20.123456Z level=info     msg=\"begins\"\n")
        #expect(text("fails", level: .critical).contains(" level=critical msg="))
    }

    @Test func fieldsComeInTheOrderInWhichPeopleLookForThem() {
        let line = text(
            "reconcile failed",
            [
                "reconcileID": "ab", "zebra": "1", "name": "web", "namespace": "shop", "kind": "WebServer",
                "controller": "webserver", "generation": "3", "error": "no", "apple": "2", "traceID": "cd",
            ],
            logger: "swiftlet"
        )
        let fields =
            "error=no controller=webserver kind=WebServer namespace=shop name=web apple=2 zebra=1 "
            + "generation=3 reconcileID=ab traceID=cd logger=swiftlet\n"
        #expect(line.hasSuffix(fields))
    }

    @Test func fieldsOfShortMessagesStandBelowEachOther() {
        let columns = ["a", "a longer message"].map { text($0, ["key": "1"]).prefix { $0 != "k" }.count }
        #expect(Set(columns).count == 1)
        #expect(text(String(repeating: "x", count: 60), ["key": "1"]).contains("x\" key=1\n"))
    }

    @Test(arguments: [
        ("plain", "plain"), ("", "\"\""), ("two words", "\"two words\""), ("a=b", "\"a=b\""),
        ("say \"no\"", #""say \"no\"""#), (#"C:\dir"#, #""C:\\dir""#), ("über/straße", "über/straße"),
        ("a\nb", #""a\nb""#), ("a\r\nb", #""a\r\nb""#), ("tab\there", #""tab\there""#),
        ("\u{1B}[31mred", #""\u001b[31mred""#), ("\u{9B}31m", #""\u009b31m""#), ("del\u{7F}", #""del\u007f""#),
        ("line\u{2028}sep", #""line\u2028sep""#), ("next\u{85}line", #""next\u0085line""#),
        ("\u{202E}drawkcab", #""\u202edrawkcab""#), ("zero\u{200B}width", #""zero\u200bwidth""#),
        ("nul\0", #""nul\u0000""#), ("tag\u{E0041}", #""tag\U000e0041""#), ("no\u{A0}break", "\"no\u{A0}break\""),
    ])
    func aValueIsOneWordOrInQuotes(value: String, written: String) {
        #expect(LogfmtLine.quoted(value) == written)
    }

    @Test func foreignTextMakesNeitherALineNorAField() throws {
        let hostile = "ok\" level=critical msg=\"disk gone\nts=2000-01-01T00:00:00Z level=error msg=\"forged\""
        let line = text(hostile, ["name": "\(hostile)", "evil=1\nkey \u{1B}": "x"])
        #expect(line.utf8.count { $0 == 0x0A } == 1)
        #expect(line.unicodeScalars.allSatisfy { $0 == "\n" || !LogText.isHidden($0) })
        let pairs = try #require(Self.parse(line))
        #expect(pairs.map(\.0) == ["ts", "level", "msg", "name", "evil_1_key__"])
        #expect(pairs.map(\.1)[2] == hostile)
        #expect(pairs.map(\.1)[3] == hostile)
    }

    @Test func aFieldCannotTakeTheNameOfALinesOwn() {
        #expect(text("m", ["ts": "0", "level": "1", "msg": "2", "": "3"]).hasSuffix(" _=3 level_=1 msg_=2 ts_=0\n"))
    }

    @Test func dictionariesBecomeFieldsAndArraysOneText() {
        let line = text("m", ["d": ["b": "2", "a": ["c d": "1"]], "l": ["x", "y z"], "e": [:]])
        #expect(line.hasSuffix(#" d.a.c_d=1 d.b=2 e=[:] l="[\"x\", \"y z\"]""# + "\n"))
    }

    @Test func longTextIsCutBetweenCharacters() {
        let value = String(repeating: "é", count: LogText.limit)
        let line = text("m", ["v": "\(value)"])
        #expect(line.utf8.count < LogText.limit + 200)
        #expect(line.contains("… (\(LogText.limit) bytes more)"))
        #expect(!line.unicodeScalars.contains("\u{FFFD}"))
    }

    @Test func coloursAreThereWhenAskedForOnly() {
        let line = text("fails", ["error": "no"], level: .error, isColored: true)
        #expect(line.contains("\u{1B}[31merror\u{1B}[0m"))
        #expect(!text("fails", ["error": "no"], level: .error).contains("\u{1B}"))
    }

    /// Reads logfmt as others do; `nil` where a line is none.
    private static func parse(_ line: String) -> [(String, String)]? {
        var rest = Substring(line.dropLast())
        var pairs: [(String, String)] = []
        while true {
            rest = rest.drop { $0 == " " }
            guard !rest.isEmpty else { return pairs }
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let key = String(rest[..<equals])
            rest = rest[rest.index(after: equals)...]
            guard rest.first == "\"" else {
                let value = rest.prefix { $0 != " " }
                pairs.append((key, String(value)))
                rest = rest.dropFirst(value.count)
                continue
            }
            rest = rest.dropFirst()
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                guard character == "\\" else {
                    value.append(character)
                    continue
                }
                switch rest.popFirst() {
                case "n": value += "\n"
                case "r": value += "\r"
                case "t": value += "\t"
                case "u":
                    guard let code = UInt32(rest.prefix(4), radix: 16), let scalar = Unicode.Scalar(code) else {
                        return nil
                    }
                    value.unicodeScalars.append(scalar)
                    rest = rest.dropFirst(4)
                case let other?: value.append(other)
                case nil: return nil
                }
            }
            pairs.append((key, value))
        }
    }
}
