import JSON
import KubeRuntime
import Logging
import Testing

@testable import Telling

struct JSONLineTests {
    private func text(_ message: String, _ metadata: Logger.Metadata = [:]) -> String {
        let line = LogLine(
            time: MicroTime(microsecondsSinceEpoch: 1_700_000_000_000_000),
            level: .warning,
            message: message,
            logger: "swiftlet",
            metadata: metadata
        )
        return String(decoding: LogFormat.json.bytes(of: line, isColored: true), as: UTF8.self)
    }

    private func value(_ message: String, _ metadata: Logger.Metadata = [:]) throws -> JSONValue {
        let text = text(message, metadata)
        #expect(text.last == "\n")
        #expect(text.utf8.count { $0 == 0x0A } == 1)
        return try JSONValue(parsing: text)
    }

    @Test func theLinesOwnMembersComeFirst() {
        let start = #"{"ts":"2023-11-14T22:13:20.000000Z","level":"warning","msg":"m","logger":"swiftlet""#
        #expect(text("m") == start + "}\n")
        #expect(text("m", ["name": "web", "apple": "1"]) == start + #","name":"web","apple":"1"}"# + "\n")
    }

    @Test(arguments: [
        "plain", "a\nb\r\n", "say \"no\"\\", "\u{1B}[31m", "\0\u{1}\u{1F}", "\u{7F}\u{85}\u{9B}", "\u{2028}\u{2029}",
        "\u{202E}abc", "\u{E0041}", "日本語 é 😀", #"","level":"error","forged":""#,
    ])
    func everyTextComesBackAsItWas(text: String) throws {
        let read = try value(text, ["field": "\(text)", "\(text)": "x"])
        #expect(read["msg"]?.stringValue == text)
        #expect(read["field"]?.stringValue == text)
        #expect(read[text]?.stringValue == "x")
        #expect(read["forged"] == nil)
        let written = self.text(text)
        #expect(written.unicodeScalars.allSatisfy { $0 == "\n" || !LogText.isHidden($0) })
    }

    @Test func valuesKeepTheirTypes() throws {
        let read = try value(
            "m",
            [
                "int": .stringConvertible(3), "bool": .stringConvertible(true), "double": .stringConvertible(0.5),
                "nan": .stringConvertible(Double.nan), "big": .stringConvertible(UInt64.max), "text": "3",
                "list": ["a", ["b": "c"]], "none": [:],
            ]
        )
        #expect(read["int"] == 3)
        #expect(read["bool"] == true)
        #expect(read["double"] == 0.5)
        #expect(read["nan"] == "nan")
        #expect(text("m", ["big": .stringConvertible(UInt64.max)]).contains("\"big\":18446744073709551615"))
        #expect(read["text"] == "3")
        #expect(read["list"] == ["a", ["b": "c"]])
        #expect(read["none"] == [:])
    }

    @Test func aFieldCannotTakeTheNameOfALinesOwn() throws {
        let read = try value("m", ["msg": "1", "ts": "2", "level": "3", "logger": "4"])
        #expect(read["msg"] == "m")
        #expect(read["msg_"] == "1")
        #expect(read["level"] == "warning")
    }

    @Test func depthAndLengthAreBounded() throws {
        var value: Logger.MetadataValue = "deep"
        for _ in 0..<100 { value = .array([value]) }
        #expect(try self.value("m", ["v": value])["v"] != nil)
        #expect(text("m", ["v": .string(String(repeating: "x", count: 1 << 20))]).utf8.count < LogText.limit + 300)
    }
}
