/// A request to be performed on a ``TransportEndpoint``.
///
/// What is sent is what is given: `Host` and `Content-Length` are the only fields added (and `Authorization`, when the
/// endpoint has basic credentials). There is no default `User-Agent`, `Accept` or `Content-Type`.
package struct HTTPRequest: Sendable, Hashable {
    /// Which calls wait for which.
    package enum Lane: Sendable, Hashable {
        /// Waits its turn, first in first out, while ``TransportConfiguration/maximumConcurrentCalls`` are under way.
        case shared
        /// Starts at once and does not count: for the few calls that must not stand behind others, such as the renewal
        /// of a lease. Uses an idle connection if there is one.
        case reserved
    }

    /// The method, in upper case.
    package var method: String
    /// Path and query, percent-encoded, starting with `/`. Appended to the endpoint's base URL and sent as it stands.
    package var path: String
    /// The header fields to send.
    package var headers: HTTPHeaders
    /// The body. `nil` sends none; an empty one sends `Content-Length: 0`.
    package var body: [UInt8]?
    /// The longest time from now to the end of the response, or for a stream to its head; includes the time spent
    /// waiting for a turn. `nil` means ``TransportConfiguration/defaultTimeout``.
    package var timeout: Duration?
    /// The longest time to resolve, connect and shake hands; `nil` means ``TransportConfiguration/connectTimeout``.
    package var connectTimeout: Duration?
    /// Whether the call waits for others. Streams never wait.
    package var lane: Lane
    /// What the request must find open to be sent; of calls only.
    ///
    /// Asked when the call gets its turn, once more when its connection stands and libcurl is about to write the head, and before each piece
    /// of a body that goes out in several. A call whose gate closes while it is under way is ended. An upload that is broken off is a request
    /// that the server does not carry out. Between the last look and the kernel's taking the bytes are a few microseconds of this thread.
    package var gate: SendGate?

    package init(
        method: String = "GET",
        path: String,
        headers: HTTPHeaders = [:],
        body: [UInt8]? = nil,
        timeout: Duration? = nil,
        connectTimeout: Duration? = nil,
        lane: Lane = .shared,
        gate: SendGate? = nil
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.lane = lane
        self.gate = gate
    }
}

extension HTTPRequest {
    /// Why this request must not be put on a wire, or `nil`.
    ///
    /// Everything that goes into the head is checked, so that no value that came from outside can end a line and
    /// start a field of its own.
    var invalidity: String? {
        guard !method.isEmpty, method.utf8.allSatisfy(Self.isTokenByte) else {
            return "the method is not a token of RFC 9110"
        }
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 })
        else {
            return "the path does not start with / or holds bytes that must be percent-encoded"
        }
        for field in headers.fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(Self.isTokenByte) else {
                return "a header name is not a token of RFC 9110"
            }
            guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                return "the value of header \(field.name) holds control characters"
            }
        }
        return nil
    }

    /// The bytes of `token` in RFC 9110, section 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default:
            "!#$%&'*+.^_`|~".utf8.contains(byte)
        }
    }
}
