/// A place in a text: both numbers count from 1, columns in Unicode scalars.
package struct YAMLLocation: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static let start = YAMLLocation(line: 1, column: 1)

    package static func < (left: YAMLLocation, right: YAMLLocation) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }

    package var description: String { "\(line):\(column)" }
}

extension YAMLLocation {
    /// Moves over bytes of UTF-8.
    mutating func advance(over bytes: some Sequence<UInt8>) {
        for byte in bytes {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
    }
}
