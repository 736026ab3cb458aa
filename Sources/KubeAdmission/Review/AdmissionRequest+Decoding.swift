import JSON
import KubeModel

extension AdmissionRequest {
    /// The one version that is spoken. API servers since 1.16 speak it.
    package static let apiVersion = "admission.k8s.io/v1"

    /// The longest uid that is echoed. API servers send 36 characters.
    private static let longestUID = 128

    /// The most values that are read. Objects as large as etcd takes them have some 100,000; each may cost a hundred bytes and more.
    static let mostValues = 500_000

    /// Reads an `AdmissionReview` with a request.
    ///
    /// Unknown fields are ignored, as servers add some. The bytes are those of anybody who reaches the port: their depth is bounded by
    /// ``JSONReader/maximumDepth``, the values in them by ``mostValues``, their number by the caller. Every name in the request itself, though
    /// not those within the objects, is one that Kubernetes could have, or empty.
    ///
    /// - Throws: ``AdmissionError/Code/request`` with the field that is wrong.
    package init(review bytes: [UInt8]) throws(AdmissionError) {
        let review: JSONValue
        do {
            review = try JSONValue(parsing: bytes, maximumValues: Self.mostValues)
        } catch {
            throw AdmissionError(.request, "the body is no JSON", cause: error)
        }
        guard review["kind"] == "AdmissionReview", review["apiVersion"] == .string(Self.apiVersion) else {
            throw Self.wrong("apiVersion and kind", "must be \(Self.apiVersion) AdmissionReview")
        }
        guard let request = review["request"], case .object = request else {
            throw Self.wrong("request", "must be an object")
        }
        let uid = try Self.text(request, "uid")
        guard !uid.isEmpty, uid.utf8.count <= Self.longestUID else {
            throw Self.wrong("request.uid", "must have 1 to \(Self.longestUID) bytes")
        }
        let kind = try Self.part(request, "kind")
        let resource = try Self.part(request, "resource")
        guard let operation = AdmissionOperation(rawValue: try Self.text(request, "operation")) else {
            throw Self.wrong("request.operation", "must be CREATE, UPDATE, DELETE or CONNECT")
        }
        let subresource = try Self.name(request, "subResource", .label)
        self.init(
            uid: uid,
            kind: GroupVersionKind(
                group: try Self.name(kind, "group", .subdomain, in: "request.kind"),
                version: try Self.name(kind, "version", .label, in: "request.kind"),
                kind: try Self.name(kind, "kind", .kind, in: "request.kind")
            ),
            groupVersion: GroupVersion(
                group: try Self.name(resource, "group", .subdomain, in: "request.resource"),
                version: try Self.name(resource, "version", .label, in: "request.resource")
            ),
            plural: try Self.name(resource, "resource", .label, in: "request.resource"),
            subresource: subresource.isEmpty ? nil : subresource,
            name: try Self.name(request, "name", .subdomain),
            namespace: try Self.name(request, "namespace", .label),
            operation: operation,
            user: AdmissionUser(try Self.object(request, "userInfo") ?? .object([:])),
            object: try Self.object(request, "object"),
            oldObject: try Self.object(request, "oldObject"),
            options: try Self.object(request, "options"),
            isDryRun: try Self.flag(request, "dryRun")
        )
    }

    private static func wrong(_ field: String, _ why: String) -> AdmissionError {
        AdmissionError(.request, "\(field) \(why)")
    }

    /// A string; empty where there is none.
    private static func text(
        _ value: JSONValue,
        _ key: String,
        in parent: String = "request"
    ) throws(AdmissionError) -> String {
        switch value[key] {
        case nil, .null: return ""
        case .string(let text): return text
        case .some(let other): throw wrong("\(parent).\(key)", "must be a string, not \(other.typeName)")
        }
    }

    /// A name of that form; empty where there is none.
    private static func name(
        _ value: JSONValue,
        _ key: String,
        _ form: AdmissionName,
        in parent: String = "request"
    ) throws(AdmissionError) -> String {
        let name = try text(value, key, in: parent)
        guard name.isEmpty || form.allows(name) else { throw wrong("\(parent).\(key)", "must be \(form.description)") }
        return name
    }

    private static func flag(_ value: JSONValue, _ key: String) throws(AdmissionError) -> Bool {
        switch value[key] {
        case nil, .null: return false
        case .bool(let flag): return flag
        case .some(let other): throw wrong("request.\(key)", "must be a boolean, not \(other.typeName)")
        }
    }

    private static func object(_ value: JSONValue, _ key: String) throws(AdmissionError) -> JSONValue? {
        switch value[key] {
        case nil, .null: return nil
        case .some(let object):
            guard case .object = object else {
                throw wrong("request.\(key)", "must be an object, not \(object.typeName)")
            }
            return object
        }
    }

    private static func part(_ value: JSONValue, _ key: String) throws(AdmissionError) -> JSONValue {
        guard let part = try object(value, key) else { throw wrong("request.\(key)", "is missing") }
        return part
    }
}
