/// How lines of the log look.
package enum LogFormat: String, Sendable, CaseIterable {
    /// `ts=… level=… msg=… key=value`, for people.
    case logfmt
    /// One JSON object a line, for machines.
    case json

    /// The bytes of one line with its end, and no other line break among them.
    ///
    /// - Parameter isColored: whether a terminal shows it; JSON never has colours.
    package func bytes(of line: LogLine, isColored: Bool = false) -> [UInt8] {
        switch self {
        case .logfmt: LogfmtLine.bytes(of: line, isColored: isColored)
        case .json: JSONLine.bytes(of: line)
        }
    }
}
