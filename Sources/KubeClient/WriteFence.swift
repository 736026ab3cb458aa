import KubeTransport
import Synchronization

/// Keeps a client from changing anything while its process does not lead.
///
/// # Guarantees
/// - Every request that changes something passes the fence, with its retries and the repetition after a 401; see
///   ``KubeRequest/changesState``. What must go round it says so by ``KubeClient/unfenced``.
/// - A request belongs to the term in which it was asked for. When that term ends it is not sent, whether or not another has begun.
/// - The last look is the transport's own, see `HTTPRequest.gate`: after the connection stands, right before the bytes are handed to the
///   kernel. So a process that is frozen for however long sends nothing that it had decided on before.
///
/// # What remains
/// Between the last look and the kernel's taking the bytes lie some microseconds of one thread. A process that is frozen just there, past its
/// lease, sends one request late, of at most 16 KiB; nothing on this side of the connection can prevent that. What left in time may be on
/// its way for as long as the margin by which the fence closes before the lease can be another's, see `ElectionTimes.margin`. The
/// clock goes on while the machine is suspended; a virtual machine whose clocks its host stops can not be told from one that is fast.
package final class WriteFence: Sendable {
    private struct State {
        var gate: SendGate?
        var lastUnanswered: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    /// A fence that is closed.
    ///
    /// - Parameter now: the clock of those who ask for ``lastUnanswered``.
    package init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

    /// Begins a term.
    package func open(until instant: ContinuousClock.Instant) {
        state.withLock { state in
            state.gate?.close()
            state.gate = SendGate(until: instant)
        }
    }

    /// Prolongs the term that was begun last.
    package func extend(until instant: ContinuousClock.Instant) {
        state.withLock { $0.gate?.extend(until: instant) }
    }

    /// Ends the term for good.
    package func close() {
        state.withLock { state in
            state.gate?.close()
            state.gate = nil
        }
    }

    /// Whether what is asked for now may be sent.
    package var isOpen: Bool { gate != nil }

    /// When a request was last given up that had been sent and not answered: it may still reach the server for a moment.
    package var lastUnanswered: ContinuousClock.Instant? { state.withLock { $0.lastUnanswered } }

    /// Of the present term; `nil` if there is none.
    var gate: SendGate? { state.withLock { $0.gate.flatMap { $0.isOpen ? $0 : nil } } }

    func noteUnanswered() { state.withLock { $0.lastUnanswered = now() } }
}
