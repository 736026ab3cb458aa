import EnvoyAPI
import EnvoyConfig
import KubeModel

/// One resource that some proxies are to have in another form. Told once, however many proxies it is for.
package struct ResourceChange: Sendable {
    package enum Verb: String, Sendable, CaseIterable {
        case add, change, remove
    }

    package var mesh: String
    package var id: ResourceID
    /// `nil` if it is added.
    package var before: EncodedResource?
    /// `nil` if it is removed.
    package var after: EncodedResource?
    package var callers: [CallerCount]
    /// The pods, by namespace and name.
    package var proxies: [ObjectKey]

    package var verb: Verb { before == nil ? .add : after == nil ? .remove : .change }
}
