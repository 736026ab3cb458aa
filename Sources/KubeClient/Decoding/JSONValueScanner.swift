/// Finds where a JSON value ends, in bytes that arrive in chunks.
///
/// Checks no more than it must to find the end: balance of brackets (whichever kind) and the ends of strings. Reading the value checks the rest.
struct JSONValueScanner: Sendable {
    private enum State {
        case start
        case scalar
        case string
        case escape
        case between
    }

    private var state = State.start
    private var depth = 0

    init() {}

    /// Scans `chunk` from `index` on.
    ///
    /// - Returns: the index after the value, or `nil` if it does not end in this chunk.
    mutating func scan(_ chunk: [UInt8], from index: Int) -> Int? {
        let bytes = chunk.span
        var index = index
        let end = bytes.count
        while index < end {
            let byte = bytes[index]
            switch state {
            case .string:
                while index < end, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\") {
                    index += 1
                }
                guard index < end else { return nil }
                if bytes[index] == UInt8(ascii: "\\") {
                    state = .escape
                } else if depth == 0 {
                    return index + 1
                } else {
                    state = .between
                }
            case .escape:
                state = .string
            case .scalar:
                if Self.endsScalar(byte) { return index }
            case .start, .between:
                switch byte {
                case UInt8(ascii: "\""):
                    state = .string
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    state = .between
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    if depth <= 0 { return index + 1 }
                default:
                    if depth == 0 { state = .scalar }
                }
            }
            index += 1
        }
        return nil
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x0A, 0x0D, 0x09: true
        default: false
        }
    }
}
