import CCurl
import Glibc
import Synchronization

/// Commands on their way to the transport's thread, in order, and the descriptor that wakes it.
final class Mailbox: Sendable {
    private struct State {
        var commands: [Command] = []
        var isClosed = false
    }

    /// Written to whenever there are commands after there were none. Never read: the thread watches for edges.
    let descriptor: CInt
    private let state = Mutex(State())

    init() throws(TransportError) {
        let descriptor = eventfd(0, CInt(EFD_NONBLOCK) | CInt(EFD_CLOEXEC))
        guard descriptor >= 0 else {
            throw TransportError(.resources, "eventfd: errno \(errno)", wasSent: false)
        }
        self.descriptor = descriptor
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Posts a command and wakes the thread.
    ///
    /// - Returns: Whether somebody will act on it; not so once the mailbox is closed.
    @discardableResult
    func post(_ command: Command) -> Bool {
        let (isOpen, isFirst) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.commands.append(command)
            return (true, state.commands.count == 1)
        }
        if isFirst {
            var one: UInt64 = 1
            // Cannot fail before it has been called 2^64 times.
            _ = write(descriptor, &one, 8)
        }
        return isOpen
    }

    /// Takes everything that was posted. Only for the thread.
    func take() -> [Command] {
        state.withLock { state in
            let commands = state.commands
            state.commands = []
            return commands
        }
    }

    /// Refuses commands from now on and returns those that were left.
    func close() -> [Command] {
        state.withLock { state in
            state.isClosed = true
            let commands = state.commands
            state.commands = []
            return commands
        }
    }
}
