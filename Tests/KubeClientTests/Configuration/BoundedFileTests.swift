import Foundation
import Glibc
import Testing

@testable import KubeClient

/// What a path may lead to, on the real machine.
@Suite struct BoundedFileTests {
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "bounded-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try body(directory.path)
    }

    private func failure(_ path: String, limit: Int = 1 << 20) -> String? {
        do {
            _ = try BoundedFile.read(path, limit: limit)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func aRegularFileIsReadUpToTheLimit() throws {
        try withDirectory { directory in
            let path = "\(directory)/f"
            try Data(repeating: 7, count: 2 << 20).write(to: URL(filePath: path))
            #expect(try BoundedFile.read(path, limit: 2 << 20)?.count == 2 << 20)
            #expect(failure(path, limit: (2 << 20) - 1) == "it is larger than 1 MiB")
            try FileManager.default.createSymbolicLink(atPath: "\(directory)/link", withDestinationPath: path)
            #expect(try BoundedFile.read("\(directory)/link", limit: 2 << 20)?.count == 2 << 20)
            #expect(try BoundedFile.read("\(directory)/missing", limit: 1) == nil)
            #expect(try BoundedFile.read("\(path)/below", limit: 1) == nil)
        }
    }

    /// Opening it for reading would wait for ever.
    @Test func aNamedPipeWithoutAWriterIsRefusedAtOnce() throws {
        try withDirectory { directory in
            let path = "\(directory)/pipe"
            try #require(mkfifo(path, 0o600) == 0)
            #expect(failure(path) == "it is a named pipe; a regular file is expected")
            let host = HostEnvironment.live(warn: { _ in })
            let loader = ConfigurationLoader(host: host)
            #expect { try loader.load(ConfigurationOverrides(kubeconfig: path)) } throws: {
                "\($0)".contains("named pipe")
            }
        }
    }

    @Test func whatHasNoEndIsRefused() {
        #expect(failure("/dev/zero") == "it is a device; a regular file is expected")
        #expect(failure("/dev/random") == "it is a device; a regular file is expected")
        #expect(failure("/tmp") == "it is a directory")
    }

    /// `KUBECONFIG=/dev/null` means no kubeconfig to people.
    @Test func theNullDeviceIsAnEmptyFile() throws {
        #expect(try BoundedFile.read("/dev/null", limit: 1) == [])
    }

    /// Shells give `<(command)` this way.
    @Test func aPipeThatTheProcessWasGivenIsReadToItsEndOrTheLimit() throws {
        for (size, limit, isRead) in [(1000, 1 << 20, true), (40_000, 1 << 10, false)] {
            let pipe = Pipe()
            try pipe.fileHandleForWriting.write(contentsOf: Data(repeating: 7, count: size))
            try pipe.fileHandleForWriting.close()
            let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
            #expect((failure(path, limit: limit) == nil) == isRead)
            try pipe.fileHandleForReading.close()
        }
    }
}
