import TestSupport
import Testing

@testable import KubeClient

@Suite struct ProtobufListSplitterTests {
    private static func split(
        _ bytes: [UInt8],
        chunk size: Int,
        itemLimit: Int = 1000
    ) throws -> (items: [[UInt8]], metadata: ListMetadata) {
        var splitter = ProtobufListSplitter(itemLimit: itemLimit)
        var items: [[UInt8]] = []
        for chunk in bytes.chunks(of: size) {
            try splitter.consume(chunk) { piece in
                switch piece {
                case .whole(let bytes, let range): items.append(Array(bytes[range]))
                case .tooLarge: items.append(Array("too large".utf8))
                }
            }
        }
        try splitter.finish()
        return (items, splitter.metadata)
    }

    private static let items = [
        Widget("a").protobuf, [], Widget("b", size: 70_000).protobuf, [UInt8](repeating: 8, count: 300),
    ]
    private static let list = protobufList(items, resourceVersion: "12", continueToken: "next")

    @Test func cutsAListAtEveryChunkSize() throws {
        for size in 1...Self.list.count {
            let (items, metadata) = try Self.split(Self.list, chunk: size)
            #expect(items == Self.items, "chunks of \(size)")
            #expect(metadata.resourceVersion == "12")
            #expect(metadata.continueToken == "next")
        }
    }

    @Test func unknownFieldsOfEveryTypeAreSkipped() throws {
        let list = ProtobufWriter {
            $0.integer(9, 1 << 40)
            $0.fixed32(10, 1)
            $0.bytes(2, [1, 2, 3])
            $0.fixed64(11, 1)
            $0.string(12, "future")
            $0.message(1) { $0.string(2, "5") }
        }.bytes
        let body =
            ProtobufWriter.envelope(apiVersion: "v1", kind: "L", list) + ProtobufWriter { $0.integer(9, 1) }.bytes
        for size in 1...body.count {
            let (items, metadata) = try Self.split(body, chunk: size)
            #expect(items == [[1, 2, 3]])
            #expect(metadata.resourceVersion == "5")
        }
    }

    @Test func anEmptyListHasNoItems() throws {
        let body = ProtobufWriter.envelope(apiVersion: "v1", kind: "L", [])
        #expect(try Self.split(body, chunk: 3).items.isEmpty)
    }

    @Test func anItemAboveTheLimitIsReportedAndTheNextOneRead() throws {
        let body = protobufList([[UInt8](repeating: 1, count: 50), [7]])
        for size in 1...body.count {
            #expect(try Self.split(body, chunk: size, itemLimit: 49).items == [Array("too large".utf8), [7]])
        }
    }

    @Test func aListThatIsCutOffIsRefused() {
        for length in 0..<Self.list.count - 4 {
            #expect(throws: StreamFormatError.self, "\(length) bytes") {
                try Self.split(Array(Self.list.prefix(length)), chunk: 11)
            }
        }
    }

    @Test(arguments: [
        Array("{\"items\":[]}".utf8), Array("k8s\0".utf8), Array("k8s\0".utf8) + [0x12, 0x02, 0x12, 0x05],
        Array("k8s\0".utf8) + [0x12, 0x01, 0x12, 0x00], Array("k8s\0".utf8) + [0x13],
        Array("k8s\0".utf8) + [UInt8](repeating: 0xFF, count: 20),
        Array("k8s\0".utf8) + [0x12, 0x03, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
    ])
    func whatIsNoListIsRefused(bytes: [UInt8]) {
        for size in [1, 3, 1000] {
            #expect(throws: StreamFormatError.self) { try Self.split(bytes, chunk: size) }
        }
    }

    @Test func mutatedListsAreCutOrRefusedAlikeAtEveryChunkSize() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            let bytes = Self.list.mutated(using: &generator)
            let outcomes = [1, 7, 10_000].map { size in
                do { return try Self.split(bytes, chunk: size).items } catch { return [[0xDE, 0xAD]] }
            }
            #expect(Set(outcomes).count == 1)
        }
    }
}
