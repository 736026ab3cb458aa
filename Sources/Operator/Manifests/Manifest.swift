import JSON
import KubeModel
import YAML

/// One object of a manifest file, and where it stands there.
package struct Manifest: Sendable {
    package var object: DynamicObject
    package var document: YAMLDocument
    /// Where in the document the object is; empty unless it is an item of a `List`.
    package var path: FieldPath

    /// An error about a field of this object, naming file, line, object and field.
    package func error(at field: FieldPath, _ message: String) -> ManifestError {
        let whole = FieldPath(path.elements + field.elements)
        let location = document.location(of: whole)
        let subject = field.elements.isEmpty ? title : "\(title): \(field)"
        return ManifestError("\(document.source):\(location): \(subject): \(message)")
    }

    /// `WebServer default/web`, as far as the object says what it is.
    package var title: String {
        let kind = object.kind.isEmpty ? "object" : object.kind
        return object.name.isEmpty ? kind : "\(kind) \(object.key)"
    }
}

/// What is wrong with manifests given by a person.
package struct ManifestError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
