import Testing

@testable import KubeTransport

@Suite struct ResponseHeadParserTests {
    private func parse(_ lines: [String], maximumSize: Int = 1000) -> [ResponseHeadParser.Event] {
        var parser = ResponseHeadParser(maximumSize: maximumSize)
        return lines.map { line in
            Array(line.utf8).withUnsafeBytes { parser.append(line: $0) }
        }
    }

    @Test func aHeadIsCompleteAtTheEmptyLine() {
        let events = parse(["HTTP/1.1 200 OK\r\n", "A:b\r\n", "C: \t d e \r\n", "E:\r\n", "\r\n"])
        let headers: HTTPHeaders = ["A": "b", "C": "d e", "E": ""]
        #expect(events.dropLast() == [.line, .line, .line, .line])
        #expect(events.last == .complete(ResponseHead(status: 200, headers: headers)))
    }

    @Test(arguments: ["HTTP/1.1 404", "HTTP/1.0 404 ", "HTTP/1.1 404 Not Found", "HTTP/1.1 404 \u{FC}"])
    func theReasonMayBeAnything(line: String) {
        #expect(parse([line + "\r\n", "\r\n"]).last == .complete(ResponseHead(status: 404, headers: [:])))
    }

    @Test func anInformationalHeadIsForgotten() {
        let events = parse(["HTTP/1.1 100 Continue\r\n", "A: b\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "\r\n"])
        #expect(events.last == .complete(ResponseHead(status: 200, headers: [:])))
        #expect(events.dropLast().allSatisfy { $0 == .line })
    }

    @Test func trailersAreIgnoredButCounted() {
        let events = parse(["HTTP/1.1 200 OK\r\n", "\r\n", "A: b\r\n", String(repeating: "x", count: 1000)])
        #expect(Array(events.dropFirst(2)) == [.line, .tooLarge])
    }

    @Test(arguments: [
        "HTTP/1.1\r\n", "HTTP/1.1 \r\n", "HTTP/1.1 20\r\n", "HTTP/1.1 2000 OK\r\n", "HTTP/1.1 abc OK\r\n",
        "HTTP/1.1 -20 OK\r\n", "HTTP/1.1 099 OK\r\n", "A: b\r\n", "\r\n",
    ])
    func aHeadThatBeginsWithNoStatusIsMalformed(line: String) {
        #expect(parse([line]) == [.malformed])
    }

    @Test(arguments: ["no colon\r\n", ": no name\r\n", " folded: line\r\n", "\tfolded: line\r\n", ""])
    func aFieldThatIsNoneIsMalformed(line: String) {
        #expect(parse(["HTTP/1.1 200 OK\r\n", line]) == [.line, .malformed])
    }

    @Test func manySmallLinesAreTooLargeTogether() {
        let events = parse(["HTTP/1.1 200 OK\r\n"] + Array(repeating: "A: 34567\r\n", count: 100), maximumSize: 117)
        #expect(events.firstIndex(of: .tooLarge) == 11)
    }

    @Test func bytesThatAreNoTextDoNotTrap() {
        var parser = ResponseHeadParser(maximumSize: 1000)
        let lines: [[UInt8]] = [Array("HTTP/1.1 200 OK\r\n".utf8), [0xFF, 0x3A, 0xC3, 0x28, 0x00, 0x0D, 0x0A], [0x0A]]
        let events = lines.map { line in line.withUnsafeBytes { parser.append(line: $0) } }
        guard case .complete(let head) = events.last else {
            Issue.record("the head is not complete")
            return
        }
        #expect(head.headers.fields.count == 1)
    }
}
