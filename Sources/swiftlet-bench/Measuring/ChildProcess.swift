import Glibc
import KubeRuntime

/// A program that this one started. Its standard output is read line by line; its standard error is ours.
///
/// One task uses it at a time.
final class ChildProcess {
    let id: pid_t
    private let output: CInt
    private var unread: [UInt8] = []
    private var hasEnded = false

    /// Starts a program, and ends it when `body` has returned or thrown.
    ///
    /// - Parameter program: a path, or a name to be found in `PATH`.
    static func running<Result>(
        _ program: String,
        _ arguments: [String],
        isolation: isolated (any Actor)? = #isolation,
        _ body: (ChildProcess) async throws -> Result
    ) async throws -> Result {
        let child = try ChildProcess(program, arguments)
        do {
            let result = try await body(child)
            try await child.end()
            return result
        } catch {
            try await child.end()
            throw error
        }
    }

    private init(_ program: String, _ arguments: [String]) throws(BenchError) {
        var pipe: [CInt] = [0, 0]
        guard Glibc.pipe(&pipe) == 0 else { throw BenchError("no pipe: error \(errno)") }
        for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO)
        var argv = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var process: pid_t = 0
        let result = posix_spawnp(&process, program, &actions, nil, &argv, environ)
        close(pipe[1])
        guard result == 0 else {
            close(pipe[0])
            throw BenchError("cannot start \(program): \(String(cString: strerror(result)))")
        }
        id = process
        output = pipe[0]
        _ = fcntl(output, F_SETFL, O_NONBLOCK)
    }

    deinit { close(output) }

    func usage() throws(BenchError) -> ProcessUsage { try ProcessUsage(of: id) }

    /// The next line of its standard output, without the line break.
    ///
    /// - Throws: ``BenchError`` when none comes in time.
    func line(within limit: Duration) async throws -> String {
        let deadline = ContinuousClock.now + limit
        var chunk = [UInt8](repeating: 0, count: 4096)
        while ContinuousClock.now < deadline {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeSubrange(...end) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            let count = read(output, &chunk, chunk.count)
            guard count != 0 else { throw BenchError("process \(id) ended before it told its figures") }
            if count > 0 { unread += chunk[..<count] } else { try await Task.sleep(for: .milliseconds(5)) }
        }
        throw BenchError("process \(id) told nothing within \(limit.seconds.fixed(0)) s")
    }

    /// Asks it to end, and after ten seconds does not ask any more.
    func end() async throws {
        guard !hasEnded else { return }
        hasEnded = true
        kill(id, SIGTERM)
        let deadline = ContinuousClock.now + .seconds(10)
        var status: CInt = 0
        while waitpid(id, &status, WNOHANG) == 0 {
            if ContinuousClock.now > deadline { kill(id, SIGKILL) }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
