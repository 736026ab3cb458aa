import KubeModel
import TestSupport
import Testing

@Suite struct ProtobufReaderTests {
    @Test func readsEveryKindOfField() throws {
        let bytes = ProtobufWriter {
            $0.integer(1, -7)
            $0.integer(2, 1)
            $0.string(3, "größe")
            $0.message(4) { $0.integer(1, .max) }
            $0.map(5, ["a": "b"])
            $0.message(6) { $0.integer(1, 1_700_000_000) }
            $0.string(7, "18446744073709551615")
            $0.string(8, "")
        }.bytes
        var reader = ProtobufReader(bytes)
        #expect(try reader.nextField() == 1)
        #expect(try reader.readInt() == -7)
        #expect(try reader.nextField() == 2)
        #expect(try reader.readBool())
        #expect(try reader.nextField() == 3)
        #expect(try reader.readString() == "größe")
        #expect(try reader.nextField() == 4)
        let nested = try reader.readMessage { (message) throws(ProtobufError) -> Int64 in
            _ = try message.nextField()
            return try message.readInt()
        }
        #expect(nested == .max)
        #expect(try reader.nextField() == 5)
        let entry = try reader.readMapEntry()
        #expect(entry == ("a", "b"))
        #expect(try reader.nextField() == 6)
        #expect(try reader.readTimestamp() == Timestamp(secondsSinceEpoch: 1_700_000_000))
        #expect(try reader.nextField() == 7)
        #expect(try reader.readResourceVersion() == ResourceVersion(UInt64.max))
        #expect(try reader.nextField() == 8)
        #expect(try reader.readResourceVersion() == ResourceVersion(0))
        #expect(try reader.nextField() == nil)
    }

    @Test func skipsWhatIsNotAskedFor() throws {
        let bytes = ProtobufWriter {
            $0.integer(1, 300)
            $0.fixed64(2, 1)
            $0.string(3, "long")
            $0.fixed32(4, 1)
            $0.integer(5, 5)
        }.bytes
        var reader = ProtobufReader(bytes)
        for expected in 1...4 {
            #expect(try reader.nextField() == expected)
            try reader.skip()
        }
        #expect(try reader.nextField() == 5)
        #expect(try reader.readInt() == 5)
    }

    @Test func leavesANestedMessageWhereItEndsWhateverWasReadOfIt() throws {
        let bytes = ProtobufWriter {
            $0.message(1) {
                $0.string(1, "unread")
                $0.string(2, "unread")
            }
            $0.integer(2, 9)
        }.bytes
        var reader = ProtobufReader(bytes)
        _ = try reader.nextField()
        try reader.readMessage { (message) throws(ProtobufError) in _ = try message.nextField() }
        #expect(try reader.nextField() == 2)
        #expect(try reader.readInt() == 9)
    }

    @Test(arguments: [
        ([0x08], ProtobufError.Code.truncated),
        ([0x0A, 0x02, 0x41], .truncated),
        ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], .truncated),
        ([0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], .malformed),
        ([0x09, 0, 0, 0], .truncated),
        ([0x0D, 0, 0, 0], .truncated),
        ([0x00], .malformed),
        ([0x0B], .malformed),
        ([0xF8, 0xFF, 0xFF, 0xFF, 0x7F, 0x01], .malformed),
    ])
    func refusesBytesThatAreNoMessage(bytes: [UInt8], code: ProtobufError.Code) {
        let error = #expect(throws: ProtobufError.self) {
            var reader = ProtobufReader(bytes)
            while try reader.nextField() != nil { try reader.skip() }
        }
        #expect(error?.code == code)
    }

    @Test func refusesAnotherTypeThanAskedFor() throws {
        var reader = ProtobufReader(ProtobufWriter { $0.string(1, "text") }.bytes)
        _ = try reader.nextField()
        #expect(throws: ProtobufError.self) { try reader.readInt() }
        reader = ProtobufReader(ProtobufWriter { $0.bytes(1, [0xFF]) }.bytes)
        _ = try reader.nextField()
        #expect(throws: ProtobufError.self) { try reader.readString() }
    }

    @Test func neverReadsBeyondItsRange() throws {
        let message = ProtobufWriter { $0.string(1, "name") }.bytes
        let surrounded = [0xFF, 0xFF] + message + [0x08, 0x01]
        var reader = ProtobufReader(surrounded, in: 2..<2 + message.count)
        #expect(try reader.nextField() == 1)
        #expect(try reader.readString() == "name")
        #expect(try reader.nextField() == nil)
        var short = ProtobufReader(surrounded, in: 2..<1 + message.count)
        _ = try short.nextField()
        #expect(throws: ProtobufError.self) { try short.readString() }
    }
}
