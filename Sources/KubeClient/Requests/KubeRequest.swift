import JSON
import KubeModel
import KubeTransport

/// A request as the verbs describe it, before credentials and transport.
package struct KubeRequest: Sendable {
    package var method: String
    /// Percent-encoded, without a query.
    package var path: String
    package var query = Query()
    package var body: JSONValue?
    package var contentType = "application/json"
    package var accept = "application/json"
    package var timeout: Duration?
    package var lane = HTTPRequest.Lane.shared
    /// For errors: what is done to what.
    package var verb: String
    package var subject: String
    /// Why the names that the path was made of cannot be in one.
    private var nameFault: String?

    package init(method: String, path: String, verb: String? = nil, subject: String? = nil) {
        self.method = method
        self.path = path
        self.verb = verb ?? method
        self.subject = subject ?? path
    }

    /// A request about an object, or about the collection if there is no key.
    ///
    /// One with names that cannot stand in a path is never sent, see ``fault``.
    ///
    /// - Parameter namespace: of a collection; `nil` for all namespaces.
    package init(
        _ method: String,
        _ resource: APIResource,
        _ key: ObjectKey?,
        namespace: String? = nil,
        subresource: String? = nil,
        verb: String
    ) {
        let name = subresource.map { "\(resource)/\($0)" } ?? resource.description
        let target = key?.description ?? namespace.map { "in \($0)" }
        self.init(
            method: method,
            path: resource.path(namespace: key?.namespace ?? namespace, name: key?.name, subresource: subresource),
            verb: verb,
            subject: target.map { "\(name) \($0)" } ?? name
        )
        nameFault = RequestPath.fault(
            resource,
            namespace: key?.namespace ?? namespace,
            name: key?.name,
            subresource: subresource
        )
    }

    /// Why the request must not be sent: its path would be about something else than was asked for. `nil` when it may be.
    package var fault: String? { nameFault ?? RequestPath.fault(in: path) }

    /// Whether the same request may be carried out twice without harm.
    var isRead: Bool { method == "GET" || method == "HEAD" }

    /// Whether the server may hold something else afterwards: any method that writes, unless it is a dry run or a review, which is a
    /// question put by `POST`.
    package var changesState: Bool {
        guard !isRead, !query.isDryRun else { return false }
        if method == "DELETE", body?["dryRun"] == ["All"] { return false }
        return !isReview
    }

    private static let reviews: Set<Substring> = [
        "tokenreviews", "selfsubjectreviews", "subjectaccessreviews", "selfsubjectaccessreviews",
        "localsubjectaccessreviews", "selfsubjectrulesreviews",
    ]

    private var isReview: Bool {
        guard method == "POST", let name = path.split(separator: "/").last else { return false }
        return Self.reviews.contains(name)
            && ["/apis/authentication.k8s.io/", "/apis/authorization.k8s.io/"].contains { path.hasPrefix($0) }
    }

    /// Path and query.
    var target: String { query.isEmpty ? path : "\(path)?\(query.text)" }

    func error(_ code: KubeError.Code, _ message: String, cause: (any Error)? = nil) -> KubeError {
        KubeError(code, verb: verb, subject: subject, message: message, cause: cause)
    }
}
