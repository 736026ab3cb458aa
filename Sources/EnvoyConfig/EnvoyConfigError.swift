import EnvoyAPI

/// A resource that cannot be encoded, decoded or written as JSON.
package struct EnvoyConfigError: Error, Sendable, CustomStringConvertible {
    package enum Verb: String, Sendable { case encode, decode, write }

    package var verb: Verb
    package var type: ResourceType
    package var name: String
    package var message: String

    /// `cannot encode listener outbound:10.0.0.1:80: ...`.
    package var description: String { "cannot \(verb.rawValue) \(type) \(name): \(message)" }
}
