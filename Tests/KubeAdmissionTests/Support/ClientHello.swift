/// What a TLS client says first, as far as tests want to know it.
struct ClientHello {
    /// By number, as IANA has them.
    private(set) var extensions: [Int: [UInt8]] = [:]

    /// Whether the client offers to take up a session that it had before: a session's key (TLS 1.3), or its ticket (TLS 1.2).
    var resumes: Bool { extensions[41] != nil || extensions[35].map { !$0.isEmpty } ?? false }

    /// - Parameter bytes: of the connection, from its beginning; `nil` when they are no hello.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        func number(_ size: Int) -> Int? {
            guard rest.count >= size else { return nil }
            defer { rest = rest.dropFirst(size) }
            return rest.prefix(size).reduce(0) { $0 << 8 | Int($1) }
        }
        func skip(_ count: Int) { rest = rest.dropFirst(count) }
        // A record with a handshake, in it a hello, in it version and random.
        guard number(1) == 22, number(2) != nil, number(2) != nil, number(1) == 1, number(3) != nil else { return nil }
        skip(2 + 32)
        for size in [1, 2, 1] {
            guard let length = number(size) else { return nil }
            skip(length)
        }
        guard number(2) != nil else { return nil }
        while let type = number(2), let length = number(2) {
            extensions[type] = Array(rest.prefix(length))
            skip(length)
        }
    }
}
