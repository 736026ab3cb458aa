import KubeClient
import Logging

/// What a reconcile that did not fail asks for.
package enum ReconcileResult: Hashable, Sendable {
    /// Nothing; the next change of anything that was read brings the next run.
    case done
    /// Another run, at the latest after this time.
    case requeue(after: Duration)
}

/// What a reconcile is told beside its key.
package struct ReconcileContext: Sendable {
    /// The same in every log line of this run, as `reconcileID`.
    package let id: String
    /// Has controller, key and `reconcileID` in its metadata.
    package let logger: Logger
    /// Failed runs of this key in a row before this one.
    package let failures: Int
    /// Where the run notes what it writes; a controller whose runs note nothing has no brake.
    package let writes: ReconcileWrites

    package init(id: String, logger: Logger, failures: Int, writes: ReconcileWrites = ReconcileWrites()) {
        self.id = id
        self.logger = logger
        self.failures = failures
        self.writes = writes
    }
}

/// An error that no repetition cures: the key rests until something changes.
package struct PermanentError: Error, CustomStringConvertible {
    package var message: String
    package var cause: (any Error)?

    package init(_ message: String, cause: (any Error)? = nil) {
        self.message = message
        self.cause = cause
    }

    package var description: String { cause.map { "\(message): \($0)" } ?? message }
}

/// A reconcile did not end in time; it was cancelled.
struct ReconcileTimeout: Error, CustomStringConvertible {
    let limit: Duration
    var description: String { "not done within \(limit)" }
}
