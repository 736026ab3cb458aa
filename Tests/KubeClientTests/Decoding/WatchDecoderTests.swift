import KubeModel
import TestSupport
import Testing

@testable import KubeClient

@Suite struct WatchDecoderTests {
    private static func events(
        _ bytes: [UInt8],
        _ format: WireFormat,
        chunk size: Int = 10_000,
        limit: Int = 1000
    ) -> (events: [WatchEvent<Widget>], isComplete: Bool) {
        var decoder = WatchDecoder<Widget>(Widget.resource, format: format, limit: limit)
        var events: [WatchEvent<Widget>] = []
        for chunk in bytes.chunks(of: size) { decoder.consume(chunk) { events.append($0) } }
        let isComplete = decoder.finish { events.append($0) }
        return (events, isComplete)
    }

    private static let gone = KubeStatus(code: 410, reason: "Expired", message: "too old resource version: 1 (9)")
    private static let expected: [WatchEvent<Widget>] = [
        .added(Widget("a\u{2028}", version: 2, size: 3)),
        .modified(Widget("b", version: 3)),
        .deleted(Widget("b", version: 4)),
        .bookmark(ResourceVersion(5), isInitialEventsEnd: false),
        .bookmark(ResourceVersion(6), isInitialEventsEnd: true),
        .error(gone),
    ]

    private static let json = Array(
        """
        {"type":"ADDED","object":\(Widget("a\u{2028}", version: 2, size: 3).json)}
        {"object":\(Widget("b", version: 3).json),"type":"MODIFIED"}\r

        {"type":"DELETED","object":\(Widget("b", version: 4).json)}
        {"type":"BOOKMARK","object":{"kind":"Widget","metadata":{"resourceVersion":"5"}}}
        {"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"6","annotations":{"k8s.io/initial-events-end":"true"}}}}
        {"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version: 1 (9)"}}

        """.utf8
    )

    private static let protobuf: [UInt8] = {
        func bookmark(_ version: String, _ annotations: [String: String]) -> [UInt8] {
            ProtobufWriter {
                $0.message(1) {
                    $0.string(1, "")
                    $0.string(6, version)
                    $0.map(12, annotations)
                }
            }.bytes
        }
        let status = ProtobufWriter {
            $0.string(3, gone.message)
            $0.string(4, gone.reason)
            $0.integer(6, 410)
        }.bytes
        return protobufEvent("ADDED", Widget("a\u{2028}", version: 2, size: 3).protobuf)
            + protobufEvent("MODIFIED", Widget("b", version: 3).protobuf) + [0, 0, 0, 0]
            + protobufEvent("DELETED", Widget("b", version: 4).protobuf) + protobufEvent("BOOKMARK", bookmark("5", [:]))
            + protobufEvent("BOOKMARK", bookmark("6", ["k8s.io/initial-events-end": "true"]))
            + protobufEvent("ERROR", status, kind: "Status")
    }()

    @Test func readsEveryKindOfEventInBothFormatsAtEveryChunkSize() {
        for (bytes, format) in [(Self.json, WireFormat.json), (Self.protobuf, .protobuf)] {
            for size in 1...bytes.count {
                let (events, isComplete) = Self.events(bytes, format, chunk: size)
                #expect(events == Self.expected, "\(format) in chunks of \(size)")
                #expect(isComplete)
            }
        }
    }

    @Test func aLastLineNeedsNoLineEnd() {
        let (events, _) = Self.events(Array(#"{"type":"ADDED","object":\#(Widget("a").json)}"#.utf8), .json)
        #expect(events == [.added(Widget("a"))])
    }

    @Test func oneObjectThatDoesNotDecodeIsNamedAndTheNextEventRead() {
        let bad = #"{"metadata":{"name":"bad","namespace":"shop","resourceVersion":"8"},"size":"large"}"#
        let good = #"{"type":"ADDED","object":\#(Widget("a").json)}"#
        let (events, _) = Self.events(Array(#"{"type":"ADDED","object":\#(bad)}\#n\#(good)"#.utf8), .json)
        guard case .undecodable(let error) = events.first else { return #expect(Bool(false), "\(events)") }
        #expect(error.key == ObjectKey(namespace: "shop", name: "bad"))
        #expect(error.resourceVersion == ResourceVersion(8))
        #expect(error.message.contains("an integer expected"))
        #expect(events.last == .added(Widget("a")))
    }

    @Test func oneProtobufObjectThatDoesNotDecodeIsNamedAndTheNextEventRead() {
        let bad = ProtobufWriter {
            $0.message(1) {
                $0.string(1, "bad")
                $0.string(3, "shop")
            }
            $0.string(2, "large")
        }.bytes
        let (events, _) = Self.events(
            protobufEvent("ADDED", bad) + protobufEvent("ADDED", Widget("a").protobuf),
            .protobuf
        )
        guard case .undecodable(let error) = events.first else { return #expect(Bool(false), "\(events)") }
        #expect(error.key == ObjectKey(namespace: "shop", name: "bad"))
        #expect(events.last == .added(Widget("a")))
    }

    @Test(arguments: [
        "{}", "[]", "not JSON", #"{"type":"ADDED"}"#, #"{"type":"ADDED","object":{"metadata":{}"#,
        #"{"type":"CREATED","object":{}}"#, #"{"type":"ERROR","object":[]}"#, #"{"type":"BOOKMARK","object":1}"#,
        String(repeating: "x", count: 2000),
    ])
    func aFrameThatMakesNoSenseIsAnEventOfItsOwn(line: String) {
        let good = #"{"type":"ADDED","object":\#(Widget("a").json)}"#
        let (events, _) = Self.events(Array((line + "\n" + good).utf8), .json, chunk: 100)
        #expect(events.count == 2)
        guard case .undecodable = events.first else { return #expect(Bool(false), "\(events)") }
        #expect(events.last == .added(Widget("a")))
    }

    @Test func aFrameAboveTheLimitIsAnEventOfItsOwn() {
        let bytes =
            protobufEvent("ADDED", Widget(String(repeating: "x", count: 2000)).protobuf)
            + protobufEvent("ADDED", Widget("a").protobuf)
        for size in [1, 100, 10_000] {
            let (events, _) = Self.events(bytes, .protobuf, chunk: size)
            #expect(events.count == 2)
            #expect(events.last == .added(Widget("a")))
        }
    }

    @Test func aProtobufStreamThatEndsWithinAFrameIsNotComplete() {
        for length in 1..<protobufEvent("ADDED", Widget("a").protobuf).count {
            let (events, isComplete) = Self.events(Array(Self.protobuf.prefix(length)), .protobuf)
            #expect(events.isEmpty)
            #expect(!isComplete)
        }
    }

    @Test func mutatedStreamsNeverTrap() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<300 {
            _ = Self.events(Self.json.mutated(using: &generator), .json, chunk: 64)
            _ = Self.events(Self.protobuf.mutated(using: &generator), .protobuf, chunk: 64)
        }
    }
}
