/// Why the server closes a connection that did nothing to be admitted, or too much.
enum ConnectionEnd: String, CaseIterable, Sendable {
    /// There were too many connections, in all or of one address.
    case connections
    /// It, or all of them together, sent too much before somebody was admitted.
    case bytes
    /// Too many of its streams were refused.
    case refusals
    /// Nobody was admitted in time.
    case timeout
}
