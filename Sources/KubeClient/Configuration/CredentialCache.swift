import KubeModel

/// Decides when credentials that expire are replaced. A state machine: time comes in, what to do goes out.
///
/// | holding                             | decision                                                       |
/// |-------------------------------------|----------------------------------------------------------------|
/// | nothing, or refused by the server   | wait for a refresh                                             |
/// | without an expiry                   | use                                                            |
/// | up to 80 % of the life              | use                                                            |
/// | from 80 % of the life               | use and refresh; after a failure only once ``retryDelay`` has passed |
/// | from the expiry                     | wait for a refresh                                             |
struct CredentialCache: Sendable {
    /// Seconds between attempts to replace credentials that are still good.
    static let retryDelay: Int64 = 10

    enum Decision: Hashable, Sendable {
        case use(Credentials)
        case useAndRefresh(Credentials)
        case waitForRefresh
    }

    private struct Held {
        var credentials: Credentials
        var refreshAt: Timestamp?
        var expiration: Timestamp?
    }

    private var held: Held?

    /// What a request at `now` does.
    func decision(at now: Timestamp) -> Decision {
        guard let held else { return .waitForRefresh }
        if let expiration = held.expiration, now >= expiration { return .waitForRefresh }
        if let refreshAt = held.refreshAt, now >= refreshAt { return .useAndRefresh(held.credentials) }
        return .use(held.credentials)
    }

    /// A refresh succeeded.
    mutating func store(_ fresh: ExecCredential, at now: Timestamp) {
        var refreshAt: Timestamp?
        if let expiration = fresh.expiration {
            let (life, overflows) = expiration.secondsSinceEpoch.subtractingReportingOverflow(now.secondsSinceEpoch)
            let wait = overflows ? Int64.max : max(0, life / 5 * 4 + life % 5 * 4 / 5)
            let (seconds, isFar) = now.secondsSinceEpoch.addingReportingOverflow(wait)
            refreshAt = Timestamp(secondsSinceEpoch: isFar ? .max : seconds)
        }
        held = Held(credentials: fresh.credentials, refreshAt: refreshAt, expiration: fresh.expiration)
    }

    /// A refresh failed: what is held stays in use until it expires.
    mutating func refreshFailed(at now: Timestamp) {
        guard held?.refreshAt != nil else { return }
        held?.refreshAt = Timestamp(secondsSinceEpoch: now.secondsSinceEpoch + Self.retryDelay)
    }

    /// The server refused `credentials`; newer ones are kept.
    mutating func invalidate(_ credentials: Credentials) {
        if held?.credentials == credentials { held = nil }
    }
}
