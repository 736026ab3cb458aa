import KubeModel
import TestSupport
import Testing

@testable import KubeClient

@Suite struct ListDecoderTests {
    private static func outcomes(_ bytes: [UInt8], _ format: WireFormat, chunk size: Int) throws -> [String] {
        var decoder = ListDecoder<Widget>(Widget.resource, format: format, limit: 200)
        var outcomes: [String] = []
        for chunk in bytes.chunks(of: size) {
            try decoder.consume(chunk) { result in
                switch result {
                case .success(let widget): outcomes.append("\(widget.key) \(widget.size)")
                case .failure(let error): outcomes.append("\(error.key?.description ?? "?") failed")
                }
            }
        }
        #expect(try decoder.finish().resourceVersion == "9")
        return outcomes
    }

    @Test func bothFormatsGiveTheSameObjectsAndIsolateTheSameFailures() throws {
        let good = [Widget("a", size: 1), Widget("c", size: 3)]
        let long = String(repeating: "x", count: 300)
        let json = """
            {"metadata":{"resourceVersion":"9"},"items":[\(good[0].json),
            {"metadata":{"name":"b","namespace":"shop"},"size":"large"},
            {"metadata":{"name":"\(long)"}},\(good[1].json)]}
            """
        let bad = ProtobufWriter {
            $0.message(1) {
                $0.string(1, "b")
                $0.string(3, "shop")
            }
            $0.string(2, "large")
        }.bytes
        let protobuf = protobufList([good[0].protobuf, bad, Widget(long).protobuf, good[1].protobuf])
        for size in [1, 10, 1000] {
            let expected = ["shop/a 1", "shop/b failed", "? failed", "shop/c 3"]
            #expect(try Self.outcomes(Array(json.utf8), .json, chunk: size) == expected)
            #expect(try Self.outcomes(protobuf, .protobuf, chunk: size) == expected)
        }
    }

    @Test func whatTheReceiverThrowsEndsTheList() {
        struct Stop: Error {}
        var decoder = ListDecoder<Widget>(Widget.resource, format: .json, limit: 200)
        #expect(throws: Stop.self) {
            try decoder.consume(Array(#"{"items":[{},{}]}"#.utf8)) { _ in throw Stop() }
        }
    }

    @Test(arguments: [
        ("application/json" as String?, WireFormat.json), ("application/vnd.kubernetes.protobuf", .protobuf),
        ("application/vnd.kubernetes.protobuf;stream=watch", .protobuf),
        ("APPLICATION/VND.KUBERNETES.PROTOBUF", .protobuf),
        ("text/html", .json), (nil, .json),
    ])
    func theContentTypeDecidesTheFormat(contentType: String?, format: WireFormat) {
        #expect(WireFormat(contentType: contentType) == format)
    }
}
