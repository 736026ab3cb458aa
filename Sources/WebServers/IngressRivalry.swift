import JSON
import KubeModel
import SwiftletAPI

/// Whether a WebServer would take what another has.
package enum IngressRivalry: Int, Hashable, Sendable, Comparable {
    case none
    /// It cannot be excluded: it is not known which controllers serve the two, or how theirs decides between them.
    case possible
    case certain

    package static func < (left: IngressRivalry, right: IngressRivalry) -> Bool { left.rawValue < right.rawValue }
}

/// Which controller serves the Ingresses of a class.
package struct IngressControllers: Hashable, Sendable {
    /// `spec.controller` of each IngressClass; empty when they are not known.
    package var byClass: [String: String]
    /// The class of Ingresses that name none; `nil` when there is none, or several, or it is not known.
    package var defaultClass: String?

    package init(byClass: [String: String] = [:], defaultClass: String? = nil) {
        self.byClass = byClass
        self.defaultClass = defaultClass
    }

    /// Whether Ingresses of these classes may be served by one controller.
    ///
    /// Two classes of one controller need not be: some run it twice, with a class each.
    func rivalry(_ left: Set<String>, _ right: Set<String>) -> IngressRivalry {
        let (left, right) = (resolved(left), resolved(right))
        return left.flatMap { one in right.map { rivalry(one, $0) } }.max() ?? .possible
    }

    private func resolved(_ classes: Set<String>) -> [String?] { classes.isEmpty ? [defaultClass] : Array(classes) }

    private func rivalry(_ left: String?, _ right: String?) -> IngressRivalry {
        if left == right { return .certain }
        guard let left, let right, let one = byClass[left], let other = byClass[right] else { return .possible }
        return one == other ? .possible : .none
    }
}

extension WebServer {
    /// `nil` for one that asks for no Ingress.
    package var ingressPlace: IngressPlace? { spec.ingress.map(IngressPlace.init) }

    /// Whether this WebServer would take requests that `holder` asks for.
    ///
    /// Within one namespace only the very same place counts: hosts below a wildcard and patterns are a tenant's own to arrange.
    package func rivalry(with holder: WebServer, controllers: IngressControllers) -> IngressRivalry {
        guard key != holder.key, let section = spec.ingress, let held = holder.spec.ingress else { return .none }
        let overlap = Self.overlap(section, held, sameNamespace: metadata.namespace == holder.metadata.namespace)
        guard overlap != .none else { return .none }
        return min(overlap, controllers.rivalry(section.classNames, held.classNames))
    }

    private static func overlap(
        _ section: IngressSection,
        _ held: IngressSection,
        sameNamespace: Bool
    ) -> IngressRivalry {
        let (place, other) = (IngressPlace(section), IngressPlace(held))
        if place == other { return .certain }
        if sameNamespace { return .none }
        // A host takes all that it has from a wildcard, whatever the paths.
        if other.host.hasPrefix("*."), place.coveringWildcards.contains(other.host) { return .possible }
        guard place.host == other.host else { return .none }
        // Regular expressions are compared without regard to case by some controllers.
        let pattern = section.patternPrefix?.lowercased()
        let beginning = pattern ?? place.path.lowercased()
        let heldBeginning = (held.patternPrefix ?? other.path).lowercased()
        if beginning == heldBeginning { return .possible }
        return pattern != nil && heldBeginning.hasPrefix(beginning) ? .possible : .none
    }

    /// Whether an Ingress has what this WebServer asks for: the host and path, by the same controller.
    ///
    /// - Parameters:
    ///   - spec: of the Ingress.
    ///   - annotations: of the Ingress.
    package func isServed(
        by spec: JSONValue,
        annotations: [String: String],
        controllers: IngressControllers
    ) -> Bool {
        guard let section = self.spec.ingress, IngressPlace.all(ofIngress: spec).contains(IngressPlace(section))
        else { return false }
        let classes = Set(
            [spec["ingressClassName"]?.stringValue, annotations[IngressSection.classAnnotation]].compactMap(\.self)
        )
        guard !section.classNames.isEmpty else {
            // The server fills in the default class.
            return controllers.defaultClass.map { classes.isSubset(of: [$0]) } ?? true
        }
        return section.classNames.isSubset(of: classes)
    }
}
