import NIOCore

/// Counts the HTTP/2 frames of a client and their bytes, as they come and before anything is made of them.
struct FrameMeter: Sendable {
    private static let prefaceBytes = 24
    private static let headBytes = 9

    private(set) var frames = 0
    private(set) var bytes = 0
    /// What is left of the preface or of a frame's payload.
    private var left = FrameMeter.prefaceBytes
    /// How much of a frame's head has come, and the length that it tells.
    private var head = 0
    private var length = 0

    mutating func take(_ buffer: ByteBuffer) {
        let view = buffer.readableBytesView
        bytes += view.count
        var position = view.startIndex
        while position < view.endIndex {
            if left > 0 {
                let count = min(left, view.endIndex - position)
                left -= count
                position += count
                continue
            }
            if head < 3 { length = length << 8 | Int(view[position]) }
            head += 1
            position += 1
            guard head == Self.headBytes else { continue }
            frames += 1
            left = length
            head = 0
            length = 0
        }
    }

    /// Begins to count anew, and does not lose its place.
    mutating func reset() {
        frames = 0
        bytes = 0
    }
}
