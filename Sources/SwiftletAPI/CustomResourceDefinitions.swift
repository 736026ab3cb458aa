import YAML

/// All kinds of ours.
package enum CustomResourceDefinitions {
    /// - Throws: ``SchemaError`` when the types contradict themselves, which the tests exclude.
    package static func all() throws -> [CustomResourceDefinition] {
        [try WebServer.definition(), try Mesh.definition(), try TrafficRoute.definition()]
    }

    /// The files that hold the definitions, ready for `kubectl apply`: their names, and their text, which is the same in every run.
    ///
    /// - Throws: as ``all()``.
    package static func files() throws -> [(name: String, text: String)] {
        try all().map { (name: $0.fileName, text: header + YAML.text($0.json)) }
    }

    private static let header = "# Generated from the Swift types by `swiftlet crds`; do not edit.\n"
}
