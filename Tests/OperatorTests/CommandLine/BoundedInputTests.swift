import Foundation
import Glibc
import Testing

/// Files without an end, and those that nobody writes, end the program with a message.
struct BoundedInputTests {
    private func withPipe(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "pipe-\(UUID().uuidString)").path
        try #require(mkfifo(path, 0o600) == 0)
        defer { unlink(path) }
        try body(path)
    }

    @Test(arguments: [["inject"], ["reconcile", "--dry-run", "--offline"], ["inspect", "dataplanes"]])
    func aManifestIsARegularFile(command: [String]) throws {
        let zero = try SwiftletProgram.run(command + ["-f", "/dev/zero"])
        #expect(zero.status == 1)
        #expect(zero.errors == "error: /dev/zero: cannot be read: it is a device; a regular file is expected\n")
        try withPipe { pipe in
            let run = try SwiftletProgram.run(command + ["-f", pipe])
            #expect(run.status == 1)
            #expect(run.errors.contains("it is a named pipe; a regular file is expected"))
        }
    }

    @Test func standardInputIsBounded() throws {
        let process = Process()
        let errors = Pipe()
        process.executableURL = SwiftletProgram.path
        process.arguments = ["inject", "-f", "-"]
        process.standardInput = FileHandle(forReadingAtPath: "/dev/zero")
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let said = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 1)
        #expect(
            String(decoding: said, as: UTF8.self) == "error: standard input: cannot be read: it is larger than 16 MiB\n"
        )
    }

    @Test func aPipeIsNoKubeconfigAndNoCertificate() throws {
        try withPipe { pipe in
            let doctor = try SwiftletProgram.run(["doctor", "--kubeconfig", pipe])
            #expect(doctor.status == 1)
            #expect(doctor.output.contains("it is a named pipe"), "\(doctor.output)")
            let inject = try SwiftletProgram.run(["inject", "-f", "/dev/null", "--certificate-authority", pipe])
            #expect(inject.status == 1)
            #expect(inject.errors.contains("it is a named pipe"), "\(inject.errors)")
        }
    }
}
