/// Status and fields of a response.
struct ResponseHead: Sendable, Hashable {
    var status: Int
    var headers: HTTPHeaders
}

/// Puts a head together from the lines that libcurl delivers, and bounds it.
///
/// Informational responses (100, 103) precede the final one and are dropped; trailers follow the body and are, too.
struct ResponseHeadParser {
    enum Event: Hashable {
        case line
        case complete(ResponseHead)
        case tooLarge
        case malformed
    }

    private let maximumSize: Int
    private var size = 0
    private var head = ResponseHead(status: 0, headers: [:])
    private var isComplete = false

    init(maximumSize: Int) {
        self.maximumSize = maximumSize
    }

    /// Takes one line with its line end.
    mutating func append(line: UnsafeRawBufferPointer) -> Event {
        size += line.count
        guard size <= maximumSize else { return .tooLarge }
        guard !isComplete else { return .line }
        let line = Self.trimmed(line[...])
        if line.isEmpty {
            return endOfHead()
        }
        if line.starts(with: "HTTP/".utf8) {
            return statusLine(line)
        }
        return field(line)
    }

    private mutating func endOfHead() -> Event {
        guard head.status >= 200 else {
            return head.status >= 100 ? .line : .malformed
        }
        isComplete = true
        return .complete(head)
    }

    private mutating func statusLine(_ line: Slice<UnsafeRawBufferPointer>) -> Event {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, words[1].count == 3, let status = Int(String(decoding: words[1], as: UTF8.self)),
            (100...999).contains(status)
        else { return .malformed }
        head = ResponseHead(status: status, headers: [:])
        return .line
    }

    private mutating func field(_ line: Slice<UnsafeRawBufferPointer>) -> Event {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex, head.status != 0 else {
            return .malformed
        }
        let name = String(decoding: line[..<colon], as: UTF8.self)
        let value = String(decoding: Self.trimmed(line[(colon + 1)...]), as: UTF8.self)
        head.headers.add(name, value)
        return .line
    }

    /// Without the white space of RFC 9110, section 5.6.3, and the line end.
    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return bytes[bytes.endIndex...] }
        return bytes[first...last]
    }
}
