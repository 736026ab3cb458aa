import FoundationEssentials
import JSON

/// The answer to an ``AdmissionRequest``.
package struct AdmissionResponse: Hashable, Sendable {
    /// Why a request is denied, as the client sees it.
    package struct Denial: Hashable, Sendable {
        /// The HTTP status of the client's request, 400 to 599.
        package var code: Int
        /// A word for programs, such as `Forbidden` or `Invalid`.
        package var reason: String
        package var message: String
        /// What is wrong with single fields, of which kubectl makes a list.
        package var causes: [Cause] = []
        /// Names the object, for ``causes``.
        package var subject: Subject?

        package init(code: Int = 403, reason: String = "Forbidden", message: String) {
            self.code = code
            self.reason = reason
            self.message = message
        }
    }

    /// What is wrong with one field.
    package struct Cause: Hashable, Sendable {
        /// From the root of the object.
        package var field: String
        package var message: String

        package init(field: String, message: String) {
            self.field = field
            self.message = message
        }
    }

    /// The object that a denial is about.
    package struct Subject: Hashable, Sendable {
        package var group: String
        package var kind: String
        package var name: String

        package init(group: String, kind: String, name: String) {
            self.group = group
            self.kind = kind
            self.name = name
        }
    }

    /// `nil` lets the request pass.
    package var denial: Denial?
    /// What kubectl prints as `Warning: ...`. Servers cut those beyond 256 characters, and all beyond 4,096.
    package var warnings: [String]
    /// The operations of a JSON patch (RFC 6902), in order. Of mutating webhooks only; a denial takes no patch.
    package var patch: [JSONValue]
    /// Written into the audit log, each key prefixed by the server with the webhook's name.
    package var auditAnnotations: [String: String]

    private init(denial: Denial?, warnings: [String], patch: [JSONValue], auditAnnotations: [String: String]) {
        self.denial = denial
        self.warnings = warnings
        self.patch = patch
        self.auditAnnotations = auditAnnotations
    }

    package var isAllowed: Bool { denial == nil }

    package static func allowed(
        patch: [JSONValue] = [],
        warnings: [String] = [],
        auditAnnotations: [String: String] = [:]
    ) -> AdmissionResponse {
        AdmissionResponse(denial: nil, warnings: warnings, patch: patch, auditAnnotations: auditAnnotations)
    }

    /// - Parameter message: kubectl prints it after `admission webhook "..." denied the request: `.
    package static func denied(
        _ message: String,
        code: Int = 403,
        reason: String = "Forbidden",
        warnings: [String] = []
    ) -> AdmissionResponse {
        let denial = Denial(code: code, reason: reason, message: message)
        return AdmissionResponse(denial: denial, warnings: warnings, patch: [], auditAnnotations: [:])
    }

    /// Refuses an object as the API server refuses those that its own rules forbid: all that is wrong at once.
    ///
    /// - Parameter causes: at least one.
    package static func invalid(
        _ subject: Subject,
        _ causes: [Cause],
        warnings: [String] = []
    ) -> AdmissionResponse {
        let reasons = causes.map { $0.field.isEmpty ? $0.message : "\($0.field): \($0.message)" }
        let list = reasons.count == 1 ? reasons[0] : "[\(reasons.joined(separator: ", "))]"
        let kind = subject.group.isEmpty ? subject.kind : "\(subject.kind).\(subject.group)"
        var denial = Denial(code: 422, reason: "Invalid", message: "\(kind) \"\(subject.name)\" is invalid: \(list)")
        denial.causes = causes
        denial.subject = subject
        return AdmissionResponse(denial: denial, warnings: warnings, patch: [], auditAnnotations: [:])
    }

    /// The `AdmissionReview` that answers the request of this uid.
    package func review(uid: String) -> JSONValue {
        var response: JSONValue = ["uid": .string(uid), "allowed": .bool(isAllowed)]
        if let denial {
            response["status"] = .compact([
                "code": .int(Int64(min(max(denial.code, 400), 599))), "reason": .string(denial.reason),
                "message": .string(denial.message), "details": denial.details,
            ])
        } else if !patch.isEmpty {
            response["patchType"] = "JSONPatch"
            response["patch"] = .string(Data(JSONValue.array(patch).encoded()).base64EncodedString())
        }
        if !warnings.isEmpty { response["warnings"] = .strings(warnings) }
        if !auditAnnotations.isEmpty { response["auditAnnotations"] = .strings(auditAnnotations) }
        return ["apiVersion": .string(AdmissionRequest.apiVersion), "kind": "AdmissionReview", "response": response]
    }
}

extension AdmissionResponse.Denial {
    /// As `metav1.StatusDetails`.
    fileprivate var details: JSONValue? {
        guard let subject else { return nil }
        return .compact([
            "group": subject.group.isEmpty ? nil : .string(subject.group), "kind": .string(subject.kind),
            "name": .string(subject.name),
            "causes": .array(
                causes.map {
                    [
                        "reason": "FieldValueInvalid", "field": .string($0.field), "message": .string($0.message),
                    ]
                }
            ),
        ])
    }
}
