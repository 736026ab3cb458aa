import CCurl
import Glibc

/// The descriptors that the transport's thread sleeps on.
///
/// epoll rather than `curl_multi_poll`, with which every wake-up costs a system call for each open watch.
final class Poller {
    /// A descriptor that is ready, and for what, in `CURL_CSELECT_` bits.
    struct Event {
        var descriptor: CInt
        var readiness: CInt
    }

    private static let capacity = 64
    private let descriptor: CInt
    private var known: Set<CInt> = []
    private let events: UnsafeMutablePointer<epoll_event>

    init() throws(TransportError) {
        let descriptor = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard descriptor >= 0 else {
            throw TransportError(.resources, "epoll_create1: errno \(errno)", wasSent: false)
        }
        self.descriptor = descriptor
        events = .allocate(capacity: Self.capacity)
    }

    deinit {
        close(descriptor)
        events.deallocate()
    }

    /// Watches a descriptor for reading, writing or both, for as long as it is ready.
    func watch(_ watched: CInt, read: Bool, write: Bool) {
        let events = (read ? EPOLLIN.rawValue : 0) | (write ? EPOLLOUT.rawValue : 0)
        let isNew = known.insert(watched).inserted
        if control(isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, watched, events) != 0 {
            // It was closed while we knew it, and is a new one of the same number; or the other way round.
            _ = control(isNew ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, watched, events)
        }
    }

    /// Reports a descriptor once whenever it becomes readable anew, whether it is read or not.
    func watchEdges(_ watched: CInt) {
        _ = control(EPOLL_CTL_ADD, watched, EPOLLIN.rawValue | EPOLLET.rawValue)
    }

    /// Fails for a descriptor that is closed already, which epoll has then forgotten by itself.
    func unwatch(_ watched: CInt) {
        known.remove(watched)
        _ = control(EPOLL_CTL_DEL, watched, 0)
    }

    private func control(_ operation: CInt, _ watched: CInt, _ events: UInt32) -> CInt {
        var event = epoll_event()
        event.events = events
        event.data.fd = watched
        return epoll_ctl(descriptor, operation, watched, &event)
    }

    /// Sleeps until something is ready or `timeout` has passed; `nil` sleeps for as long as it takes.
    func wait(timeout: Duration?) -> [Event] {
        let milliseconds = timeout.map { CInt($0.wholeMilliseconds) } ?? -1
        let count = epoll_wait(descriptor, events, CInt(Self.capacity), milliseconds)
        guard count > 0 else { return [] }
        return (0..<Int(count)).map {
            Event(descriptor: events[$0].data.fd, readiness: Self.readiness(events[$0].events))
        }
    }

    private static func readiness(_ events: UInt32) -> CInt {
        var readiness: CInt = 0
        if events & EPOLLIN.rawValue != 0 { readiness |= CURL_CSELECT_IN }
        if events & EPOLLOUT.rawValue != 0 { readiness |= CURL_CSELECT_OUT }
        if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { readiness |= CURL_CSELECT_ERR }
        return readiness
    }
}
