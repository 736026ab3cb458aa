import Glibc

/// The allocator of this process.
///
/// Swift's view of glibc leaves out `<malloc.h>`, so that its functions are looked up by name. Where the C library has none of that name,
/// nothing is given back and nothing is known.
package enum Malloc {
    private typealias Trim = @convention(c) (Int) -> CInt
    private typealias Info = @convention(c) (CInt, UnsafeMutablePointer<FILE>) -> CInt

    /// Gives back to the kernel the pages that nothing is in.
    package static func trim() {
        guard let function = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(function, to: Trim.self)(0)
    }

    /// What the allocator has at present, over all its arenas; `nil` when that cannot be known.
    package static var figures: MallocFigures? {
        guard let function = dlsym(nil, "malloc_info") else { return nil }
        var text: UnsafeMutablePointer<CChar>?
        var size = 0
        guard let stream = open_memstream(&text, &size) else { return nil }
        let result = unsafeBitCast(function, to: Info.self)(0, stream)
        fclose(stream)
        defer { free(text) }
        guard result == 0, let text else { return nil }
        return MallocFigures(mallocInfo: String(cString: text))
    }
}

/// Sizes in bytes.
package struct MallocFigures: Hashable, Sendable {
    /// What is allocated, with the allocator's own headers.
    package var used: Int
    /// What is kept for later allocations; glibc counts in it what was given back to the kernel from between two that are used.
    package var free: Int

    package init(used: Int, free: Int) {
        self.used = used
        self.free = free
    }

    /// - Parameter xml: as `malloc_info(3)` writes it. The totals over all arenas come last.
    init(mallocInfo xml: String) {
        let lines = xml.split(separator: "\n")
        func size(_ element: String) -> Int {
            guard let line = lines.last(where: { $0.hasPrefix(element) }) else { return 0 }
            return line.split(separator: "\"").last { $0.allSatisfy(\.isNumber) }.flatMap { Int($0) } ?? 0
        }
        free = size("<total type=\"fast\"") + size("<total type=\"rest\"")
        used = size("<system type=\"current\"") + size("<total type=\"mmap\"") - free
    }
}
