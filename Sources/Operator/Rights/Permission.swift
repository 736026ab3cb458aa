import KubeModel
import SwiftletAPI

/// One thing that the operator has to be allowed to do.
///
/// The one list of them: roles are made from it and `swiftlet doctor` asks for it.
package struct Permission: Hashable, Sendable {
    /// Where it has to hold.
    package enum Place: String, Hashable, Sendable, CaseIterable {
        /// In the namespaces that are looked after: each of them, or all.
        case watchedNamespaces
        /// In all namespaces, or on kinds that are in none.
        case cluster
        /// In the namespace that the operator itself is in.
        case operatorNamespace
    }

    package var resource: APIResource
    package var subresource: String?
    package var verbs: [String]
    package var place: Place
    /// The only objects that it has to hold for; empty for all. The server cannot tell the names of objects that are created.
    package var names: [String]
    /// For people: what stops working without it.
    package var purpose: String

    init(
        _ resource: APIResource,
        subresource: String? = nil,
        _ verbs: [String],
        in place: Place,
        named names: [String] = [],
        _ purpose: String
    ) {
        self.resource = resource
        self.subresource = subresource
        self.verbs = verbs
        self.place = place
        self.names = names
        self.purpose = purpose
    }

    /// `deployments.apps` or `webservers.web.phys.app/status`.
    package var subject: String { subresource.map { "\(resource)/\($0)" } ?? "\(resource)" }
}

extension Permission {
    /// Everything that is needed outside the operator's own namespace, each subject once, where somebody else registers the webhooks.
    package static let all = merged(
        OperatorFeature.allCases.filter { $0 != .registration }.flatMap(\.permissions)
            .filter { $0.place != .operatorNamespace }
    )

    /// What an operator needs beside it that registers its webhooks itself.
    package static let registration = OperatorFeature.registration.permissions

    /// Everything that is needed in the operator's own namespace.
    package static let ofOperatorNamespace = OperatorFeature.allCases.flatMap(\.permissions)
        .filter { $0.place == .operatorNamespace }

    /// The same, with each subject once unless it is for other names.
    static func merged(_ permissions: [Permission]) -> [Permission] {
        var result: [Permission] = []
        for permission in permissions {
            let same = result.firstIndex { $0.subject == permission.subject && $0.names == permission.names }
            guard let same else {
                result.append(permission)
                continue
            }
            result[same].verbs += permission.verbs.filter { !result[same].verbs.contains($0) }
            if result[same].purpose != permission.purpose { result[same].purpose += "; \(permission.purpose)" }
        }
        return result
    }
}
