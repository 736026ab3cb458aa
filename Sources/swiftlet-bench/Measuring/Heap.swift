import Glibc

/// The allocator of this process.
///
/// Swift's view of glibc leaves out `<malloc.h>`, so that its functions are looked up by name.
enum Heap {
    private typealias Trim = @convention(c) (Int) -> CInt
    private typealias Info = @convention(c) (CInt, UnsafeMutablePointer<FILE>) -> CInt

    /// Gives back to the kernel what is free.
    static func trim() throws(BenchError) {
        _ = unsafeBitCast(try function("malloc_trim"), to: Trim.self)(0)
    }

    /// Bytes that are allocated and not freed, with the allocator's own headers.
    static func bytesInUse() throws(BenchError) -> Int {
        let info = unsafeBitCast(try function("malloc_info"), to: Info.self)
        var text: UnsafeMutablePointer<CChar>?
        var size = 0
        guard let stream = open_memstream(&text, &size) else { throw BenchError("no memory for a stream") }
        let result = info(0, stream)
        fclose(stream)
        defer { free(text) }
        guard result == 0, let text else { throw BenchError("malloc_info failed") }
        return inUse(String(cString: text))
    }

    /// The totals over all arenas come last: what was taken from the kernel, less what is free of it.
    private static func inUse(_ xml: String) -> Int {
        func size(_ element: String) -> Int {
            guard let line = xml.split(separator: "\n").last(where: { $0.hasPrefix(element) }) else { return 0 }
            return line.split(separator: "\"").last { $0.allSatisfy(\.isNumber) }.flatMap { Int($0) } ?? 0
        }
        let free = size("<total type=\"fast\"") + size("<total type=\"rest\"")
        return size("<system type=\"current\"") + size("<total type=\"mmap\"") - free
    }

    private static func function(_ name: String) throws(BenchError) -> UnsafeMutableRawPointer {
        guard let address = dlsym(nil, name) else { throw BenchError("this C library has no \(name)") }
        return address
    }
}
