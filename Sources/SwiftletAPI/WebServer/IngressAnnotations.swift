import JSON

/// Which annotations an Ingress of a WebServer may have.
///
/// A list of what is allowed: controllers read some annotations as configuration that reaches beyond the Ingress (snippets, further host names,
/// priorities over other rules, objects of other namespaces), and new ones come with every release. The standard list holds what the known
/// controllers document as settings of the Ingress's own host and path; administrators extend it.
package struct IngressAnnotations: Hashable, Sendable {
    /// The annotations that every operator allows.
    package static let standard = IngressAnnotations()

    /// Whole names.
    private var names: Set<String> = []
    /// Beginnings of names.
    private var prefixes: [String] = []

    private init() {}

    /// - Parameter more: names beyond the standard list, such as `example.com/team`; a star at the end of one allows all that begin like it.
    /// - Throws: ``InvalidPattern`` for one that is neither.
    package init(more: [String]) throws(InvalidPattern) {
        for pattern in more {
            let isPrefix = pattern.hasSuffix("*")
            let text = isPrefix ? String(pattern.dropLast()) : pattern
            // A prefix is checked as the name that it is the beginning of.
            guard !text.isEmpty, NameRule.qualifiedName.problem(with: isPrefix ? text + "x" : text) == nil else {
                throw InvalidPattern(pattern: pattern)
            }
            if isPrefix { prefixes.append(text) } else { names.insert(text) }
        }
        prefixes.sort()
    }

    /// Not the name of an annotation.
    package struct InvalidPattern: Error, Hashable, CustomStringConvertible {
        package var pattern: String

        package var description: String {
            "\"\(pattern)\" is no annotation: write a name such as example.com/team, or the beginning of names such as example.com/*"
        }
    }

    /// What is wrong with the annotations of an Ingress in `namespace`.
    func errors(_ annotations: [String: String], namespace: String, at path: FieldPath) -> [FieldError] {
        annotations.sorted { $0.key < $1.key }.compactMap { name, value in
            problem(name, value, namespace: namespace).map { FieldError(path.appending(key: name), $0) }
        }
    }

    private func problem(_ name: String, _ value: String, namespace: String) -> String? {
        let isExtra = names.contains(name) || prefixes.contains(where: name.hasPrefix)
        guard isExtra || KnownIngressAnnotations.names.contains(name) else {
            return """
                is not on the list of allowed annotations: it may reach beyond this Ingress. Remove it, or let an administrator allow it \
                (--allowed-ingress-annotations of the operator)
                """
        }
        // Also of those that administrators allow: no right of theirs extends to the Secrets of others.
        if KnownIngressAnnotations.secrets.contains(name), let slash = value.firstIndex(of: "/"),
            value[..<slash] != namespace[...]
        {
            return "\"\(value)\" is not allowed: must name a Secret of this namespace"
        }
        guard !isExtra else { return nil }
        if value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return "must not contain line breaks or other control characters"
        }
        if KnownIngressAnnotations.isConfigurationText(name), let character = value.first(where: "{};".contains) {
            return "must not contain \"\(character)\": the controller makes configuration of the value"
        }
        return nil
    }
}
