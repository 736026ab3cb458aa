import TestSupport
import Testing

@testable import KubeClient

@Suite struct JSONListSplitterTests {
    private static func split(
        _ text: String,
        chunk size: Int,
        itemLimit: Int = 1000
    ) throws -> (items: [String], metadata: ListMetadata) {
        var splitter = JSONListSplitter(itemLimit: itemLimit)
        var items: [String] = []
        for chunk in Array(text.utf8).chunks(of: size) {
            try splitter.consume(chunk) { items.append($0.text) }
        }
        try splitter.finish()
        return (items, splitter.metadata)
    }

    private static let list = #"""
        {"kind":"PodList", "apiVersion" : "v1","metadata":{"resourceVersion":"12","continue":"t\"]}","remainingItemCount":3},
         "items":[ {"a":"]}\\\"","b":[{},[]]} , {"c":"é\u2028\n"},{}, 12 ,"x", null, [1] ]}

        """#

    @Test func cutsAListAtEveryChunkSize() throws {
        for size in 1...Self.list.utf8.count {
            let (items, metadata) = try Self.split(Self.list, chunk: size)
            #expect(
                items == [#"{"a":"]}\\\"","b":[{},[]]}"#, #"{"c":"é\u2028\n"}"#, "{}", "12", #""x""#, "null", "[1]"],
                "chunks of \(size)"
            )
            #expect(metadata.resourceVersion == "12")
            #expect(metadata.continueToken == "t\"]}")
            #expect(metadata.remainingItemCount == 3)
        }
    }

    @Test(arguments: [
        #"{"items":[{"n":1}],"metadata":{"resourceVersion":"7"}}"#,
        #"{"metadata":{"resourceVersion":"7"},"x":{"items":[1]},"items":[{"n":1}]}"#,
        #"{"metadata":{"resourceVersion":"7","continue":""},"items":[{"n":1}],"y":[[]]}"#,
        #"{"metadata":{"resourceVersion":"7"},"it\u0065ms":[{"n":1}]}"#,
    ])
    func theOrderOfMembersIsFree(text: String) throws {
        for size in [1, 3, 1000] {
            let (items, metadata) = try Self.split(text, chunk: size)
            #expect(items == [#"{"n":1}"#])
            #expect(metadata.resourceVersion == "7")
            #expect(metadata.continueToken == nil)
        }
    }

    @Test func aListWithoutItemsIsEmpty() throws {
        #expect(try Self.split(#"{"items":[]}"#, chunk: 2).items.isEmpty)
        #expect(try Self.split(#"{"items":null,"metadata":null}"#, chunk: 2).items.isEmpty)
    }

    @Test func anItemIsHandedOverWithItsLastByte() throws {
        var splitter = JSONListSplitter(itemLimit: 100)
        var items: [String] = []
        try splitter.consume(Array(#"{"items":[{"a":1}"#.utf8)) { items.append($0.text) }
        #expect(items == [#"{"a":1}"#])
    }

    @Test func anItemWithinOneChunkIsNotCopied() throws {
        var splitter = JSONListSplitter(itemLimit: 100)
        let chunk = Array(#"{"items":[{"a":1}]}"#.utf8)
        try splitter.consume(chunk) { piece in
            guard case .whole(let bytes, let range) = piece else {
                Issue.record("too large")
                return
            }
            #expect(range == 10..<17)
            #expect(bytes.withUnsafeBufferPointer(\.baseAddress) == chunk.withUnsafeBufferPointer(\.baseAddress))
        }
    }

    @Test func anItemAboveTheLimitIsReportedAndTheNextOneRead() throws {
        let text = #"{"items":[{"a":"0123456789"},{"b":1}]}"#
        for size in 1...text.utf8.count {
            #expect(try Self.split(text, chunk: size, itemLimit: 9).items == ["too large", #"{"b":1}"#])
        }
    }

    @Test(arguments: [
        "", "[]", "null", "\"items\"", "{", "{]", #"{"items":[}"#, #"{"items":[1,]}"#, #"{"items":[1 2]}"#,
        #"{"items":[]}}"#, #"{"items":[]},"#, #"{"items" []}"#, #"{"items":[],}"#, #"{items:[]}"#, #"{"metadata":{}}"#,
        #"{"items":{}}"#, #"{"items":[{}"#, #"{"metadata":[],"items":[]}"#, "<html>",
    ])
    func whatIsNoListIsRefused(text: String) {
        for size in [1, 4, 1000] {
            #expect(throws: StreamFormatError.self, "\(text) in chunks of \(size)") {
                try Self.split(text, chunk: size)
            }
        }
    }

    @Test func mutatedListsAreCutOrRefusedAlikeAtEveryChunkSize() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<300 {
            let text = String(decoding: Array(Self.list.utf8).mutated(using: &generator), as: UTF8.self)
            let outcomes = [1, 7, 10_000].map { size in
                do { return try Self.split(text, chunk: size).items } catch { return ["refused"] }
            }
            #expect(Set(outcomes).count == 1, "\(text)")
        }
    }
}
