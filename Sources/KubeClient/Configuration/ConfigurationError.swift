/// Why there is no configuration, or are no credentials. The message names the file, the context, user or cluster and the
/// field, and says what would be right; it never holds a secret.
package struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// Neither a kubeconfig nor a pod's service account was found.
        case notFound
        /// A file is there but cannot be read.
        case unreadable
        /// A file is no kubeconfig: it is not YAML, too large, or a field has a wrong type.
        case malformed
        /// A field's value makes no sense, or a required one is missing.
        case invalid
        /// The context, cluster or user that was asked for is not in the kubeconfig.
        case unknownEntry
        /// The kubeconfig asks for something that is not supported.
        case unsupported
        /// An exec plugin could not be run, failed, took too long or answered with something else than credentials.
        case plugin
    }

    package var code: Code
    package var message: String
    /// Where the fault is: `FILE:LINE:COLUMN`, or `FILE` where no line is to blame.
    package var location: String?
    package var cause: (any Error)?

    package init(_ code: Code, _ message: String, location: String? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.location = location
        self.cause = cause
    }

    /// Whether the same call may succeed later without anybody changing a kubeconfig: a token file is about to be
    /// written, a plugin's server was away.
    package var isRetryable: Bool {
        switch code {
        case .unreadable, .plugin: true
        case .notFound, .malformed, .invalid, .unknownEntry, .unsupported: false
        }
    }

    package var description: String {
        let text = location.map { "\($0): \(message)" } ?? message
        return cause.map { "\(text): \($0)" } ?? text
    }
}
