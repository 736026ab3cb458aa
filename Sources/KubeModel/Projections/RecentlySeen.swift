import JSON

/// Small caches of what was decoded last, so that equal texts and containers of many objects share one copy.
///
/// Fixed in size: what is unique pushes out something else, and never grows a table. Wholly transparent: with or without it, equal values come out.
struct RecentlySeen: Sendable {
    /// Longer texts are rarely shared.
    private static let longestText = 128

    private var texts = DirectMappedCache<String>(bits: 12)
    private var labels = DirectMappedCache<FlatMap>(bits: 10)
    /// Apart from the labels, which those that are unique would push out.
    private var annotations = DirectMappedCache<FlatMap>(bits: 10)
    private var ports = DirectMappedCache<[Pod.Port]>(bits: 8)
    private var owners = DirectMappedCache<[OwnerReference]>(bits: 10)
    private var containers = DirectMappedCache<[Pod.Container]>(bits: 8)

    init() {}

    /// The text of a field, without making a new one if it was seen lately.
    mutating func text(_ reader: inout ProtobufReader) throws(ProtobufError) -> String {
        let range = try reader.readBytes()
        let bytes = reader.bytes
        guard range.count > 15, range.count <= Self.longestText else {  // Up to 15 bytes need no memory of their own.
            return try reader.text(in: range)
        }
        let slot = texts.slot(Self.hash(bytes, range))
        if let seen = texts[slot], Self.equals(seen, bytes, range) { return seen }
        let text = try reader.text(in: range)
        texts[slot] = text
        return text
    }

    /// The same text, perhaps as an older copy.
    mutating func share(_ text: String) -> String {
        guard text.utf8.count > 15, text.utf8.count <= Self.longestText else { return text }
        return texts.share(text)
    }

    mutating func share(labels map: FlatMap) -> FlatMap { map.isEmpty ? .empty : labels.share(map, kept: \.compact) }
    mutating func share(annotations map: FlatMap) -> FlatMap {
        map.isEmpty ? .empty : annotations.share(map, kept: \.compact)
    }
    mutating func share(_ list: [Pod.Port]) -> [Pod.Port] { list.isEmpty ? [] : ports.share(list) }
    mutating func share(_ list: [OwnerReference]) -> [OwnerReference] { list.isEmpty ? [] : owners.share(list) }
    mutating func share(_ list: [Pod.Container]) -> [Pod.Container] { list.isEmpty ? [] : containers.share(list) }

    private static func equals(_ text: String, _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        var text = text
        return text.withUTF8 { utf8 in
            utf8.count == range.count && bytes.withUnsafeBufferPointer { $0[range].elementsEqual(utf8) }
        }
    }

    /// FNV-1a.
    private static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }
}

/// A table in which each value has one place.
private struct DirectMappedCache<Value: Hashable & Sendable>: Sendable {
    private var values: [Value?]

    init(bits: Int) {
        values = Array(repeating: nil, count: 1 << bits)
    }

    func slot(_ hash: Int) -> Int { hash & (values.count - 1) }

    subscript(slot: Int) -> Value? {
        get { values[slot] }
        set { values[slot] = newValue }
    }

    /// - Parameter kept: makes of a value that was not seen the one to keep.
    mutating func share(_ value: Value, kept: (Value) -> Value = { $0 }) -> Value {
        let slot = slot(value.hashValue)
        if let seen = values[slot], seen == value { return seen }
        let value = kept(value)
        values[slot] = value
        return value
    }
}
