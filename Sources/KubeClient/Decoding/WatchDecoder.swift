import JSON
import KubeModel

/// Turns the bytes of a watch into events, in the format that the server chose.
struct WatchDecoder<Object: WireObject>: Sendable {
    private enum Splitter {
        case lines(LineSplitter)
        case frames(FrameSplitter)
    }

    private var splitter: Splitter
    private let events: WatchEventDecoder<Object>

    /// - Parameter limit: the largest event, in bytes.
    init(_ resource: APIResource, format: WireFormat, limit: Int) {
        events = WatchEventDecoder(resource: resource, format: format)
        splitter =
            switch format {
            case .json: .lines(LineSplitter(lineLimit: limit))
            case .protobuf: .frames(FrameSplitter(frameLimit: limit))
            }
    }

    /// Takes the next bytes and hands over the events that end in them.
    mutating func consume(_ chunk: [UInt8], onEvent: (WatchEvent<Object>) -> Void) {
        switch splitter {
        case .lines(var lines):
            splitter = .lines(LineSplitter(lineLimit: 0))  // Gives up this copy, so that the change happens in place.
            lines.consume(chunk) { onEvent(events.event($0)) }
            splitter = .lines(lines)
        case .frames(var frames):
            splitter = .frames(FrameSplitter(frameLimit: 0))
            frames.consume(chunk) { onEvent(events.event($0)) }
            splitter = .frames(frames)
        }
    }

    /// Tells that the body is complete.
    ///
    /// - Returns: whether it ended between two events.
    mutating func finish(onEvent: (WatchEvent<Object>) -> Void) -> Bool {
        switch splitter {
        case .lines(var lines):
            lines.finish { onEvent(events.event($0)) }
            splitter = .lines(lines)
            return true
        case .frames(let frames):
            return frames.isBetweenFrames
        }
    }
}
