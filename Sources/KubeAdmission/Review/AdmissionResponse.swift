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

        package init(code: Int = 403, reason: String = "Forbidden", message: String) {
            self.code = code
            self.reason = reason
            self.message = message
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

    /// The `AdmissionReview` that answers the request of this uid.
    package func review(uid: String) -> JSONValue {
        var response: JSONValue = ["uid": .string(uid), "allowed": .bool(isAllowed)]
        if let denial {
            response["status"] = [
                "code": .int(Int64(min(max(denial.code, 400), 599))), "reason": .string(denial.reason),
                "message": .string(denial.message),
            ]
        } else if !patch.isEmpty {
            response["patchType"] = "JSONPatch"
            response["patch"] = .string(Data(JSONValue.array(patch).encoded()).base64EncodedString())
        }
        if !warnings.isEmpty { response["warnings"] = .strings(warnings) }
        if !auditAnnotations.isEmpty { response["auditAnnotations"] = .strings(auditAnnotations) }
        return ["apiVersion": .string(AdmissionRequest.apiVersion), "kind": "AdmissionReview", "response": response]
    }
}
