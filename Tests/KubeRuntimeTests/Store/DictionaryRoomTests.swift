import KubeRuntime
import Testing

struct DictionaryRoomTests {
    @Test func theRoomOfWhatWasRemovedIsGivenBackAndTheRestStays() {
        var numbers = Dictionary(uniqueKeysWithValues: (0..<10_000).map { ($0, "\($0)") })
        let full = numbers.capacity
        var copies = 0
        for number in 100..<10_000 {
            numbers[number] = nil
            let before = numbers.capacity
            numbers.giveBackRoom()
            copies += numbers.capacity == before ? 0 : 1
        }
        #expect(numbers == Dictionary(uniqueKeysWithValues: (0..<100).map { ($0, "\($0)") }))
        #expect(numbers.capacity < full / 16)
        #expect((1...8).contains(copies), "each time three quarters have gone, and not each time")
    }

    @Test func aSmallOneKeepsItsRoom() {
        var numbers = Dictionary(uniqueKeysWithValues: (0..<40).map { ($0, $0) })
        let room = numbers.capacity
        numbers.removeAll(keepingCapacity: true)
        numbers.giveBackRoom()
        #expect(numbers.capacity == room)
    }
}
