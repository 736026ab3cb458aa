import JSON

/// A sidecar was asked for and cannot be injected; nothing was changed.
package struct InjectionError: Error, Hashable, Sendable, CustomStringConvertible {
    package var reason: InjectionReason
    /// The object at fault: `Pod shop/web-*`, `Namespace shop`, `Deployment shop/web`.
    package var object: String
    /// The field at fault, from the root of that object.
    package var path: FieldPath
    /// What is wrong with it and what would be right.
    package var message: String

    package init(_ reason: InjectionReason, object: String, path: FieldPath, _ message: String) {
        self.reason = reason
        self.object = object
        self.path = path
        self.message = message
    }

    /// `Pod shop/web-*: no sidecar injected: metadata.annotations[kuma.io/envoy-admin-port]: ...`.
    package var description: String {
        "\(object): no sidecar injected: \(path.elements.isEmpty ? "" : "\(path): ")\(message)"
    }
}
