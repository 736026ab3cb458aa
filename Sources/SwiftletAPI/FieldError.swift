import JSON

/// What is wrong with one field of an object, and what would be right.
package struct FieldError: Hashable, Sendable, CustomStringConvertible {
    package enum Severity: String, Hashable, Sendable {
        /// The object cannot be used.
        case error
        /// The object works, but hardly as meant.
        case warning
    }

    /// From the root of the object, such as `spec.ingress.host`.
    package var path: FieldPath
    /// A clause without the path, for people.
    package var message: String
    package var severity: Severity

    package init(_ path: FieldPath, _ message: String, severity: Severity = .error) {
        self.path = path
        self.message = message
        self.severity = severity
    }

    package static func warning(_ path: FieldPath, _ message: String) -> FieldError {
        FieldError(path, message, severity: .warning)
    }

    /// `spec.ingress.host: ...`.
    package var description: String { path.elements.isEmpty ? message : "\(path): \(message)" }
}

extension [FieldError] {
    /// Whether anything forbids the use of the object.
    package var hasErrors: Bool { contains { $0.severity == .error } }
}
