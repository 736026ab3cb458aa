import JSON
import KubeModel

/// An object of ours that does not decode.
package struct ObjectError: Error, Hashable, Sendable, CustomStringConvertible {
    package var kind: String
    package var key: ObjectKey
    /// The field at fault.
    package var path: FieldPath
    /// What is wrong with it.
    package var message: String

    /// `WebServer default/web: spec.port: expected integer, found string`.
    package var description: String { "\(kind) \(key): \(FieldError(path, message))" }
}
