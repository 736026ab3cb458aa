import CCurl
import Glibc
import Synchronization

/// A thread of the system: libcurl must be called from one thread, and sleeping in `epoll_wait` would hold up one of
/// those that all tasks share.
final class LoopThread: Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Taken by whoever joins the thread.
    private let thread: Mutex<pthread_t?>

    /// Starts a thread that runs `body` once.
    init(_ body: @escaping @Sendable () -> Void) throws(TransportError) {
        let context = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread,
            nil,
            { context in
                // The process's signals are for its other threads.
                var signals = sigset_t()
                sigfillset(&signals)
                pthread_sigmask(SIG_BLOCK, &signals, nil)
                ccurl_name_this_thread("transport")
                if let context {
                    Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                }
                return nil
            },
            context.toOpaque()
        )
        guard status == 0 else {
            context.release()
            throw TransportError(.resources, "pthread_create: \(status)", wasSent: false)
        }
        self.thread = Mutex(thread)
    }

    /// Waits for the end of the body. Returns at once the second time, and on the thread itself.
    func join() {
        guard let thread = thread.withLock({ $0.take() }) else { return }
        if pthread_equal(thread, pthread_self()) != 0 {
            pthread_detach(thread)
        } else {
            pthread_join(thread, nil)
        }
    }
}
