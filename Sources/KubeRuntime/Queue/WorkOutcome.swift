/// How the work on a key ended, which decides when it is due again.
package enum WorkOutcome: Hashable, Sendable {
    /// Done; failures before it are forgotten. `after` asks for another run, at the latest then.
    case success(after: Duration?)
    /// Failed; due again after a back-off, and not before `retryAfter`.
    case failure(retryAfter: Duration?)
    /// Could not be tried yet, which is nobody's failure; due again after this time.
    case postponed(Duration)
    /// Runs too often; due again after this time, and nothing that is added meanwhile hastens it but a reset.
    case held(Duration)
    /// Failed in a way that no repetition cures; due again when something changes.
    case givenUp
}

/// A key taken from a queue. It must be given back by `finish`, whatever happens.
package struct WorkItem<Key: Hashable & Sendable>: Sendable {
    package let key: Key
    package let priority: WorkPriority
    /// How long it was ready before it was taken.
    package let waited: Duration
    /// Failed runs in a row before this one.
    package let failures: Int
}
