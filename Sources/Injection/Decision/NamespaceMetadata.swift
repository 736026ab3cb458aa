/// What injection reads of a namespace.
package struct NamespaceMetadata: Hashable, Sendable {
    package var name: String
    package var labels: [String: String]
    package var annotations: [String: String]

    package init(name: String, labels: [String: String] = [:], annotations: [String: String] = [:]) {
        self.name = name
        self.labels = labels
        self.annotations = annotations
    }
}
