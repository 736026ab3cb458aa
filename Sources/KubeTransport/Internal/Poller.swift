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
    private let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)

    init() throws(TransportError) {
        descriptor = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard descriptor >= 0 else {
            events.deallocate()
            throw TransportError(.resources, "epoll_create1: errno \(errno)", wasSent: false)
        }
    }

    deinit {
        close(descriptor)
        events.deallocate()
    }

    /// Watches `descriptor`, level-triggered, for reading, writing, both or nothing.
    func watch(_ watched: CInt, read: Bool, write: Bool) {
        var event = epoll_event()
        event.events = (read ? EPOLLIN.rawValue : 0) | (write ? EPOLLOUT.rawValue : 0)
        event.data.fd = watched
        // libcurl does not say whether it knew the descriptor before.
        if epoll_ctl(descriptor, EPOLL_CTL_MOD, watched, &event) != 0 {
            epoll_ctl(descriptor, EPOLL_CTL_ADD, watched, &event)
        }
    }

    /// Fails for a descriptor that is closed already, which epoll has then forgotten by itself.
    func unwatch(_ watched: CInt) {
        var event = epoll_event()
        epoll_ctl(descriptor, EPOLL_CTL_DEL, watched, &event)
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
