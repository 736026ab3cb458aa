import Logging

/// A line in logfmt: pairs of `key=value`, values in quotes where they need them.
///
/// Values of arrays are written as one text, those of dictionaries as fields of their own with a dot in the name.
enum LogfmtLine {
    /// Levels and messages are filled up to these widths, so that what follows stands below each other.
    private static let levelWidth = 8
    private static let messageWidth = 40

    static func bytes(of line: LogLine, isColored: Bool) -> [UInt8] {
        var writer = Writer(isColored: isColored)
        writer.dim("ts=\(line.time)")
        writer.put(" level=")
        let level = line.level.rawValue
        writer.put(level, color: color(of: line.level))
        writer.put(String(repeating: " ", count: max(0, levelWidth - level.utf8.count)))
        let message = quoted(LogText.bounded(line.message), always: true)
        writer.put(" msg=")
        writer.put(message, color: line.level >= .warning ? "1" : nil)
        let isLast = line.fields.isEmpty && line.logger.isEmpty
        if !isLast { writer.put(String(repeating: " ", count: max(0, messageWidth - message.count))) }
        for (name, value) in line.fields { writer.put(key(name), value, depth: 0) }
        if !line.logger.isEmpty { writer.put(key("logger"), .string(line.logger), depth: 0) }
        writer.bytes.append(0x0A)
        return writer.bytes
    }

    /// A name without what would end it.
    static func key(_ name: String) -> String {
        var key = ""
        for scalar in name.unicodeScalars.prefix(128) {
            let breaks = scalar == "=" || scalar == "\"" || scalar.properties.isWhitespace || LogText.isHidden(scalar)
            key.unicodeScalars.append(breaks ? "_" : scalar)
        }
        // The line has these itself.
        return key.isEmpty || ["ts", "level", "msg"].contains(key) ? "\(key)_" : key
    }

    /// A value, in quotes where it would not be one word without them.
    static func quoted(_ value: String, always: Bool = false) -> String {
        let needsQuotes = value.unicodeScalars.contains {
            $0 == "\"" || $0 == "=" || $0 == "\\" || $0.properties.isWhitespace || LogText.isHidden($0)
        }
        guard always || needsQuotes || value.isEmpty else { return value }
        var quoted = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where LogText.isHidden(scalar): quoted += LogText.escape(scalar)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static func color(of level: Logger.Level) -> String? {
        switch level {
        case .trace, .debug: "2"
        case .info: "32"
        case .notice: "36"
        case .warning: "33"
        case .error, .critical: "31"
        }
    }

    private struct Writer {
        var bytes: [UInt8] = []
        let isColored: Bool

        mutating func put(_ text: String, color: String? = nil) {
            guard isColored, let color else { return bytes.append(contentsOf: text.utf8) }
            bytes.append(contentsOf: "\u{1B}[\(color)m\(text)\u{1B}[0m".utf8)
        }

        mutating func dim(_ text: String) { put(text, color: "2") }

        /// A field; of a dictionary, those in it.
        mutating func put(_ name: String, _ value: Logger.MetadataValue, depth: Int) {
            if case .dictionary(let members) = value, !members.isEmpty, depth < 8 {
                for (member, value) in members.sorted(by: { $0.key < $1.key }) {
                    put("\(name).\(LogfmtLine.key(member))", value, depth: depth + 1)
                }
                return
            }
            put(" ")
            dim("\(name)=")
            put(LogfmtLine.quoted(LogText.bounded(value.description)), color: name == "error" ? "31" : nil)
        }
    }
}
