/// Writes protobuf for tests.
package struct ProtobufWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package init(_ build: (inout ProtobufWriter) -> Void) { build(&self) }

    package mutating func integer(_ field: Int, _ value: Int64) {
        varint(UInt64(field) << 3)
        varint(UInt64(bitPattern: value))
    }

    package mutating func bytes(_ field: Int, _ value: [UInt8]) {
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    package mutating func string(_ field: Int, _ value: String) { bytes(field, Array(value.utf8)) }

    package mutating func message(_ field: Int, _ build: (inout ProtobufWriter) -> Void) {
        bytes(field, ProtobufWriter(build).bytes)
    }

    package mutating func map(_ field: Int, _ entries: [String: String]) {
        for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
            message(field) {
                $0.string(1, key)
                $0.string(2, value)
            }
        }
    }

    package mutating func fixed32(_ field: Int, _ value: UInt32) {
        varint(UInt64(field) << 3 | 5)
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
    }

    package mutating func fixed64(_ field: Int, _ value: UInt64) {
        varint(UInt64(field) << 3 | 1)
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
    }

    package mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A message in the envelope that the API server puts around it.
    package static func envelope(apiVersion: String, kind: String, _ message: [UInt8]) -> [UInt8] {
        let unknown = ProtobufWriter {
            $0.message(1) {
                $0.string(1, apiVersion)
                $0.string(2, kind)
            }
            $0.bytes(2, message)
            $0.string(3, "")
            $0.string(4, "")
        }
        return [0x6B, 0x38, 0x73, 0x00] + unknown.bytes
    }
}
