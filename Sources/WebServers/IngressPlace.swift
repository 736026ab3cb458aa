import JSON
import KubeModel
import SwiftletAPI

/// What an Ingress takes for itself: requests for a host with a path. `pathType` is no part of it: whoever is given one path of a host
/// literally takes it from those who have it as a prefix.
package struct IngressPlace: Hashable, Sendable, CustomStringConvertible {
    /// In lower case; empty for all hosts.
    package var host: String
    /// Without repeated slashes, and without one at its end, but for the root.
    package var path: String

    package init(host: String?, path: String) {
        self.host = host?.lowercased() ?? ""
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        self.path = "/" + parts.joined(separator: "/")
    }

    /// All that an Ingress takes.
    ///
    /// - Parameter spec: of the Ingress.
    package static func all(ofIngress spec: JSONValue) -> [IngressPlace] {
        (spec["rules"]?.arrayValue ?? []).flatMap { rule in
            (rule[path: "http", "paths"]?.arrayValue ?? []).map { path in
                IngressPlace(host: rule["host"]?.stringValue, path: path["path"]?.stringValue ?? "/")
            }
        }
    }

    package init(_ section: IngressSection) { self.init(host: section.host, path: section.path) }

    /// The wildcards that cover this host, the narrowest first: of `a.b.c` these are `*.b.c` and `*.c`; of `*.b.c` it is `*.c`.
    ///
    /// Of any depth: Kubernetes lets a wildcard stand for one label, some controllers for more.
    package var coveringWildcards: [String] {
        let labels = host.split(separator: ".")
        return labels.indices.dropFirst().map { "*." + labels[$0...].joined(separator: ".") }.filter { $0 != host }
    }

    /// `host phys.app with path /`.
    package var description: String { "\(host.isEmpty ? "any host" : "host \(host)") with path \(path)" }
}

extension IngressSection {
    /// The text with which every path begins that ``path`` may match, when an ingress controller may read it as a pattern; `nil` when it is
    /// compared as it is.
    ///
    /// What `ImplementationSpecific` means is each controller's own: prefixes, globs or regular expressions. Whatever is no plain text there is
    /// taken for a pattern.
    var patternPrefix: String? {
        var special = Set("*?+|()[]{}^$\\")
        if pathType == .implementationSpecific || annotations.keys.contains(where: Self.makesPatterns) {
            special.formUnion(".%~")
        }
        guard let end = path.firstIndex(where: special.contains) else { return nil }
        // An alternative may begin in another way.
        if path.contains("|"), !Self.alternativesAreEnclosed(path) { return "/" }
        var prefix = path[..<end]
        // A quantifier is about the character before it.
        if "*?+{".contains(path[end]), prefix.count > 1 { prefix.removeLast() }
        return IngressPlace(host: nil, path: String(prefix)).path
    }

    private static func makesPatterns(_ annotation: String) -> Bool {
        ["/use-regex", "/rewrite-target", "/path-regex"].contains(where: annotation.hasSuffix)
    }

    private static func alternativesAreEnclosed(_ path: String) -> Bool {
        var depth = 0
        for character in path {
            switch character {
            case "(": depth += 1
            case ")": depth -= 1
            case "|" where depth <= 0: return false
            default: break
            }
        }
        return true
    }
}
