/// Random numbers that are the same on every run (SplitMix64), so that a failure can be repeated.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

extension [UInt8] {
    /// These bytes with a few changes: bytes replaced, removed, inserted, or the end cut off.
    package func mutated(using generator: inout SeededGenerator) -> [UInt8] {
        var result = self
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !result.isEmpty {
            let index = result.indices.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: result[index] = .random(in: 0...255, using: &generator)
            case 1: result[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: result.remove(at: index)
            case 3: result.insert(result.randomElement(using: &generator) ?? 0, at: index)
            default: if index.isMultiple(of: 4) { result.removeSubrange(index...) }
            }
        }
        return result
    }

    /// These bytes in chunks of `size`; the last may be shorter.
    package func chunks(of size: Int) -> [[UInt8]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
