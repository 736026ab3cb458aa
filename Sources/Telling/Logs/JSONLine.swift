import KubeRuntime
import Logging

/// A line of the log as a JSON object: `ts`, `level`, `msg`, `logger`, then the fields.
///
/// Numbers and truth values that were given as such stay what they are. A field that bears one of the names before gets a `_` after it.
/// Beyond what JSON asks for, characters that would do something to a terminal are escaped.
enum JSONLine {
    static func bytes(of line: LogLine) -> [UInt8] {
        var writer = Writer()
        writer.member("ts", .string(line.time.description), isFirst: true)
        writer.member("level", .string(line.level.rawValue))
        writer.member("msg", .string(line.message))
        writer.member("logger", .string(line.logger))
        for (name, value) in line.fields { writer.member(reserved.contains(name) ? "\(name)_" : name, value) }
        writer.text += "}\n"
        return Array(writer.text.utf8)
    }

    private static let reserved: Set = ["ts", "level", "msg", "logger"]
    private static let deepest = 8

    private struct Writer {
        var text = ""

        mutating func member(_ name: String, _ value: Logger.MetadataValue, isFirst: Bool = false, depth: Int = 0) {
            text += isFirst ? "{" : ","
            put(name)
            text += ":"
            put(value, depth)
        }

        private mutating func put(_ value: Logger.MetadataValue, _ depth: Int) {
            switch value {
            case .string(let value): put(value)
            case .stringConvertible(let value):
                switch value {
                case let value as Bool: text += value ? "true" : "false"
                case let value as any FixedWidthInteger: text += "\(value)"
                case let value as Double where value.isFinite: text += "\(value)"
                default: put("\(value)")
                }
            case _ where depth == deepest: put(value.description)
            case .array(let elements):
                text += "["
                for (index, element) in elements.enumerated() {
                    if index > 0 { text += "," }
                    put(element, depth + 1)
                }
                text += "]"
            case .dictionary(let members):
                guard !members.isEmpty else {
                    text += "{}"
                    return
                }
                for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                    self.member(member.key, member.value, isFirst: index == 0, depth: depth + 1)
                }
                text += "}"
            }
        }

        private mutating func put(_ value: String) {
            text += "\""
            for scalar in LogText.bounded(value).unicodeScalars {
                switch scalar {
                case "\"": text += "\\\""
                case "\\": text += "\\\\"
                case _ where LogText.isHidden(scalar):
                    // JSON escapes in units of UTF-16.
                    if scalar.value > 0xFFFF {
                        for unit in String(scalar).utf16 { text += LogText.escape(unit) }
                    } else {
                        text += LogText.escape(scalar)
                    }
                default: text.unicodeScalars.append(scalar)
                }
            }
            text += "\""
        }
    }
}
