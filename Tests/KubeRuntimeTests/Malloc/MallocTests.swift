import Testing

@testable import KubeRuntime

struct MallocTests {
    private static let mebi = 1 << 20

    @Test func figuresAreReadFromWhatTheAllocatorWrites() {
        let xml = """
            <malloc version="1">
            <heap nr="0">
            <total type="fast" count="1" size="32"/>
            <total type="rest" count="2" size="100"/>
            <system type="current" size="1000"/>
            </heap>
            <total type="fast" count="3" size="48"/>
            <total type="rest" count="5" size="2000"/>
            <total type="mmap" count="1" size="4096"/>
            <system type="current" size="10000"/>
            <system type="max" size="20000"/>
            </malloc>
            """
        #expect(MallocFigures(mallocInfo: xml) == MallocFigures(used: 10_000 + 4_096 - 2_048, free: 2_048))
    }

    @Test func whatIsAllocatedCountsAsUsed() throws {
        let before = try #require(Malloc.figures)
        let block = UnsafeMutableRawPointer.allocate(byteCount: 64 * Self.mebi, alignment: 16)
        defer { block.deallocate() }
        #expect(try #require(Malloc.figures).used - before.used > 32 * Self.mebi)
    }

    /// Figures in MiB, and whether a trim is due; one that is done leaves half of what was free.
    @Test(arguments: [
        [(used: 10, free: 3, isDue: false)],
        [(10, 4, true), (10, 4, false), (10, 5, false), (10, 6, true)],
        // A quarter of what is used, where that is more.
        [(100, 24, false), (100, 25, true), (100, 25, false), (100, 36, false), (100, 38, true)],
        // What is used again has to become free again before it counts.
        [(10, 20, true), (20, 2, false), (10, 6, true)],
    ])
    func aTrimIsDueWhenMuchMoreIsFreeThanTheLastOneLeft(steps: [(used: Int, free: Int, isDue: Bool)]) {
        var machine = MallocTrimMachine()
        for step in steps {
            let figures = MallocFigures(used: step.used * Self.mebi, free: step.free * Self.mebi)
            #expect(machine.isDue(figures) == step.isDue, "\(step)")
            guard step.isDue else { continue }
            machine.trimmed(MallocFigures(used: figures.used, free: figures.free / 2))
        }
    }
}
