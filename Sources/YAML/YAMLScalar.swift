import FoundationEssentials
import JSON

/// A scalar as it is written, before it is decided what it means.
struct YAMLScalar: Hashable, Sendable {
    var text: String
    /// The tag with its prefix written out; `nil` when there is none.
    var tag: String?
    /// Written without quotes and not as a block.
    var isPlain: Bool

    static let tagPrefix = "tag:yaml.org,2002:"

    private enum Tag: String {
        case string = "str"
        case bool, int, float, null, timestamp, binary, merge
    }

    /// Why a scalar has no value.
    struct Failure: Error {
        var message: String
    }

    /// Whether this, as a key, asks for another mapping's members.
    var isMergeKey: Bool {
        text == "<<" && (tag == nil ? isPlain : tag == Self.tagPrefix + Tag.merge.rawValue)
    }

    /// What the scalar means: a tag decides, else quotes make it a string, else its form does. An unknown tag makes a string.
    func resolved() throws(Failure) -> YAMLResolvedScalar {
        guard let tag else { return isPlain ? YAMLResolvedScalar(plain: text) : .string(text) }
        guard tag.hasPrefix(Self.tagPrefix), let known = Tag(rawValue: String(tag.dropFirst(Self.tagPrefix.count)))
        else {
            return .string(text)
        }
        let value = YAMLResolvedScalar(plain: text)
        switch (known, value) {
        case (.string, _), (.merge, _): return .string(text)
        case (.binary, _): return .string(try decodedBinary())
        case (.bool, .bool), (.null, .null), (.int, .int), (.int, .unsigned), (.float, .float): return value
        case (.float, .int(let value)): return .float(Double(value))
        case (.timestamp, _) where YAMLResolvedScalar.isTimestamp(text): return .string(text)
        default: throw Failure(message: "'\(text.prefix(40))' is no !!\(known.rawValue)")
        }
    }

    /// The scalar as a value.
    func value() throws(Failure) -> JSONValue {
        switch try resolved() {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .unsigned(let value): return .double(Double(value))
        case .float(let value):
            guard value.isFinite else { throw Failure(message: "JSON has no \(text)") }
            // 1.0 and 1e3 are whole numbers to whoever reads them from JSON.
            return Int64(exactly: value).map(JSONValue.int) ?? .double(value)
        case .string(let value): return .string(value)
        }
    }

    /// The scalar as a key, which JSON has only as text: `1: a` is `"1": a`, `yes: a` is `"true": a`.
    func key() throws(Failure) -> String {
        switch try resolved() {
        case .null, .unsigned: throw Failure(message: "'\(text.prefix(80))' is no key: write it in quotes")
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return String(value)
        case .float(let value): return YAMLResolvedScalar.keyText(value)
        case .string(let value): return value
        }
    }

    private func decodedBinary() throws(Failure) -> String {
        let stripped = text.utf8.filter { $0 != 0x0A }
        guard let data = Data(base64Encoded: Data(stripped)) else {
            throw Failure(message: "!!binary with invalid base64")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Failure(message: "!!binary that is not UTF-8: JSON cannot hold it")
        }
        return text
    }
}
