import Synchronization
import Testing

@testable import Injection

struct UniqueListTests {
    /// Counts how often one is compared with another.
    private final class Comparisons: Sendable {
        private let total = Mutex(0)
        func add() { total.withLock { $0 += 1 } }
        var count: Int { total.withLock { $0 } }
    }

    private struct Counted: Hashable {
        let number: Int
        let comparisons: Comparisons

        static func == (left: Counted, right: Counted) -> Bool {
            left.comparisons.add()
            return left.number == right.number
        }

        func hash(into hasher: inout Hasher) { hasher.combine(number) }
    }

    private static func comparisons(_ size: Int, moving: Bool) -> Int {
        let comparisons = Comparisons()
        var list = UniqueList<Counted>()
        for number in 0..<size {
            // Each a second time as well.
            for number in [number, number / 2] {
                let element = Counted(number: number, comparisons: comparisons)
                if moving { list.moveToEnd(element) } else { list.append(element) }
            }
        }
        #expect(list.count == size && list.elements.count == size)
        return comparisons.count
    }

    /// Collisions in a hash table are few whatever the seed: the bound is far above them, and far below a scan.
    @Test(arguments: [1000, 2000, 4000], [false, true])
    func anElementIsComparedWithFewOthers(size: Int, moving: Bool) {
        #expect(Self.comparisons(size, moving: moving) < 30 * size)
    }

    @Test func theOrderIsThatOfTheFirstOrOfTheLast() {
        var list = UniqueList<String>()
        #expect(list.append("a") && list.append("b") && !list.append("a"))
        #expect(list.elements == ["a", "b"] && list.contains("a") && !list.contains("c"))
        list.moveToEnd("a")
        list.moveToEnd("c")
        #expect(list.elements == ["b", "a", "c"] && list.count == 3)
    }
}
