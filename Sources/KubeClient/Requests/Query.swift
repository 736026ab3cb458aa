import KubeModel

/// The query of a URL. Names and values are escaped so that none can begin another.
package struct Query: Hashable, Sendable {
    /// Without the question mark.
    package private(set) var text = ""

    /// Whether the request is only tried.
    private(set) var isDryRun = false

    package init() {}

    package var isEmpty: Bool { text.isEmpty }

    /// Adds `name=value`; nothing for `nil` and for the empty text, which the API server takes for absent.
    package mutating func add(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        if name == "dryRun", value == "All" { isDryRun = true }
        if !text.isEmpty { text += "&" }
        text += "\(name.percentEncodedPathSegment)=\(value.percentEncodedPathSegment)"
    }

    /// Adds `name=true`, or nothing.
    package mutating func add(_ name: String, _ value: Bool) {
        add(name, value ? "true" : nil)
    }
}
