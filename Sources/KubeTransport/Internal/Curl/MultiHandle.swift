import CCurl

/// libcurl's multi interface, driven by sockets and a timer: it says what it waits for, and is told what came.
///
/// Confined to the transport's thread. libcurl calls back only from within the methods below, so that the callbacks
/// see a `MultiHandle` that is alive, and on this thread.
final class MultiHandle {
    let pointer: UnsafeMutableRawPointer
    /// Shares TLS sessions between handles, so that a new connection may resume an old one's. No locks: one thread.
    let share: UnsafeMutableRawPointer
    private let poller: Poller
    /// When libcurl wants to be called even if no socket is ready.
    private(set) var deadline: MonotonicInstant?

    init(poller: Poller) throws(TransportError) {
        guard CurlGlobal.status == CURLE_OK, let pointer = curl_multi_init(), let share = curl_share_init() else {
            throw TransportError(.resources, "libcurl could not be set up", wasSent: false)
        }
        self.pointer = pointer
        self.share = share
        self.poller = poller
        ccurl_share_data(share, CURL_LOCK_DATA_SSL_SESSION)
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_multi_set_pointer(pointer, CURLMOPT_SOCKETDATA, context)
        ccurl_multi_set_pointer(pointer, CURLMOPT_TIMERDATA, context)
        ccurl_multi_set_socket_callback(pointer) { _, socket, wanted, context, _ in
            guard let context else { return -1 }
            Unmanaged<MultiHandle>.fromOpaque(context).takeUnretainedValue().socket(socket, wanted: wanted)
            return 0
        }
        ccurl_multi_set_timer_callback(pointer) { _, milliseconds, context in
            guard let context else { return -1 }
            Unmanaged<MultiHandle>.fromOpaque(context).takeUnretainedValue().timer(milliseconds: milliseconds)
            return 0
        }
        // Counts connections in use, too, and would close idle ones of calls for every stream that ends.
        ccurl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, 1 << 16)
    }

    /// Handles must have been removed.
    deinit {
        curl_multi_cleanup(pointer)
        curl_share_cleanup(share)
    }

    /// Starts the transfer of `easy` at the next ``timeout(at:)``.
    func add(_ easy: EasyHandle) -> Bool {
        curl_multi_add_handle(pointer, easy.pointer) == CURLM_OK
    }

    /// Ends the transfer of `easy`. Unless it was complete, its connection is closed.
    func remove(_ easy: EasyHandle) {
        curl_multi_remove_handle(pointer, easy.pointer)
    }

    /// Does what is possible on a socket that is ready.
    func socketIsReady(_ event: Poller.Event) {
        var running: CInt = 0
        curl_multi_socket_action(pointer, event.descriptor, event.readiness, &running)
    }

    /// Does what is due, once ``deadline`` has come.
    func timeout(at now: MonotonicInstant) {
        guard let due = deadline, due <= now else { return }
        deadline = nil
        var running: CInt = 0
        curl_multi_socket_action(pointer, CURL_SOCKET_BAD, 0, &running)
    }

    /// A transfer that ended, as the context of its handle (`CURLOPT_PRIVATE`) and its result.
    func nextEnded() -> (context: UnsafeMutableRawPointer, result: CURLcode)? {
        var left: CInt = 0
        while let message = curl_multi_info_read(pointer, &left) {
            var context: UnsafeMutableRawPointer?
            guard message.pointee.msg == CURLMSG_DONE,
                ccurl_easy_get_pointer(message.pointee.easy_handle, CURLINFO_PRIVATE, &context) == CURLE_OK,
                let context
            else { continue }
            return (context, ccurl_message_result(message))
        }
        return nil
    }

    private func socket(_ socket: CInt, wanted: CInt) {
        switch wanted {
        case CURL_POLL_IN: poller.watch(socket, read: true, write: false)
        case CURL_POLL_OUT: poller.watch(socket, read: false, write: true)
        case CURL_POLL_INOUT: poller.watch(socket, read: true, write: true)
        default: poller.unwatch(socket)
        }
    }

    private func timer(milliseconds: Int) {
        deadline = milliseconds < 0 ? nil : .now() + .milliseconds(milliseconds)
    }
}
