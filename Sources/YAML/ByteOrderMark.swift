/// The byte order mark of UTF-8, which YAML allows at the start of any document and libyaml at the start of a text alone.
enum ByteOrderMark {
    private static let bytes: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The text without the marks at its start and behind its `---` lines, as kubectl reads files that editors marked and that were put
    /// together. Marks elsewhere stay, and are no YAML.
    static func removed(from text: [UInt8]) -> [UInt8] {
        guard containsMark(text) else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var beginsDocument = true
        var rest = text[...]
        while !rest.isEmpty {
            if beginsDocument {
                while rest.starts(with: bytes) { rest = rest.dropFirst(bytes.count) }
            }
            let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
            let line = rest[..<end]
            result += line
            beginsDocument = isSeparator(line)
            rest = rest[end...]
        }
        return result
    }

    private static func containsMark(_ text: [UInt8]) -> Bool {
        var rest = text[...]
        while let index = rest.firstIndex(of: 0xEF) {
            if text[index...].starts(with: bytes) { return true }
            rest = text[(index + 1)...]
        }
        return false
    }

    /// `---` with nothing behind it but white space and a comment.
    private static func isSeparator(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.starts(with: "---".utf8) else { return false }
        let rest = line.dropFirst(3)
        guard let first = rest.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D && $0 != 0x0A }) else {
            return true
        }
        return first == UInt8(ascii: "#") && rest.first != UInt8(ascii: "#")
    }
}
