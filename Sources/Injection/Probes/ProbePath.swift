/// The path of an HTTP probe as Go's `net/url` reads it and writes it into a request, which is what the kubelet does.
struct ProbePath: Hashable {
    /// As in the request, without a query; starts with a slash.
    var onTheWire: String

    init(_ text: String) {
        let end = text.firstIndex { $0 == "?" || $0 == "#" } ?? text.endIndex
        let path = text[..<end].utf8
        // A path with a `%` that starts no escape does not parse; the kubelet then takes the text as a path without escapes.
        let isEscaped = Self.hasOnlyEscapes(Array(path))
        let bytes = isEscaped ? Array(path) : Array(text.utf8)
        let digits = Array("0123456789ABCDEF")
        var wire = bytes.first == UInt8(ascii: "/") ? "" : "/"
        for byte in bytes {
            if Self.isAllowed(byte) || (isEscaped && byte == UInt8(ascii: "%")) {
                wire.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                wire += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 0xF)])"
            }
        }
        onTheWire = wire
    }

    private static func hasOnlyEscapes(_ bytes: [UInt8]) -> Bool {
        bytes.indices.allSatisfy { index in
            guard bytes[index] == UInt8(ascii: "%") else { return true }
            return index + 2 < bytes.count && isHexDigit(bytes[index + 1]) && isHexDigit(bytes[index + 2])
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool { Character(Unicode.Scalar(byte)).isHexDigit }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_.~$&+,/:;=@!'()*".utf8.contains(byte)
        }
    }
}
