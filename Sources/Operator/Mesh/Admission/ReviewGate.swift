import KubeModel
import KubeRuntime
import XDS

/// Which tokens the API server is asked about: none that it refused a while ago, few of those who show many that it refuses, and none while it
/// does not answer.
///
/// A value without a clock. Tokens are kept as digests, those that were refused only.
struct ReviewGate: Sendable {
    /// A one-way digest of a token.
    typealias Digest = [UInt8]

    enum Decision: Hashable, Sendable {
        case review
        /// The API server refused this token before.
        case refused(String)
        /// Not now. The caller should try again.
        case later(String)
    }

    enum Outcome: Sendable {
        case accepted
        case refused(String)
        /// There was no verdict.
        case failed
    }

    /// Whose refusals are counted together. A token that claims to be of a pod that is there counts for that pod and address, so that others who
    /// are seen under the same address are let through while somebody there shows tokens that he made up.
    struct Claimant: Hashable, Sendable {
        var address: String
        var pod: UID?
    }

    private struct Refusal: Sendable {
        let reason: String
        let until: TimeSource.Instant
    }

    /// How long a token that was refused is refused without a question.
    static let memory = Duration.seconds(60)
    static let rememberedTokens = 4_096
    /// The API server is not asked for a while after so many questions in a row without an answer.
    static let failuresInARow = 5
    static let firstRest = Duration.milliseconds(500)
    static let longestRest = Duration.seconds(8)

    private var refusals: [Digest: Refusal] = [:]
    private var allowances = KeyedAllowances<Claimant>(burst: 10, interval: .seconds(2), keys: 4_096)
    private var failures = 0
    private var rest = ReviewGate.firstRest
    private var restsUntil: TimeSource.Instant?

    /// How many tokens are remembered.
    var rememberedCount: Int { refusals.count }

    func decide(_ token: Digest, of claimant: Claimant, now: TimeSource.Instant) -> Decision {
        if let refusal = refusals[token], now < refusal.until { return .refused(refusal.reason) }
        if let restsUntil, now < restsUntil { return .later("the API server does not review tokens at present") }
        guard allowances.isAllowed(claimant, now: now) else {
            return .later("too many tokens of \(claimant.address) were refused")
        }
        return .review
    }

    mutating func reviewed(_ token: Digest, of claimant: Claimant, _ outcome: Outcome, now: TimeSource.Instant) {
        if case .failed = outcome {
            failures += 1
            guard failures >= Self.failuresInARow, restsUntil.map({ $0 <= now }) ?? true else { return }
            restsUntil = now + rest
            rest = min(rest * 2, Self.longestRest)
            return
        }
        failures = 0
        rest = Self.firstRest
        restsUntil = nil
        guard case .refused(let reason) = outcome else { return }
        allowances.use(claimant, now: now)
        if refusals.count >= Self.rememberedTokens { refusals = refusals.filter { now < $0.value.until } }
        if refusals.count >= Self.rememberedTokens { refusals = [:] }
        refusals[token] = Refusal(reason: reason, until: now + Self.memory)
    }
}
