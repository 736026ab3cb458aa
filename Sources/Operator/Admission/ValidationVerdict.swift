import KubeAdmission
import SwiftletAPI

/// What the validator says about an object that is to be written.
struct ValidationVerdict: Hashable, Sendable {
    /// Why it is refused, all at once; empty lets it pass.
    var errors: [FieldError] = []
    /// What its author should know.
    var warnings: [FieldError] = []

    /// - Parameters:
    ///   - findings: what there is to say about the object as it is to be.
    ///   - old: the same of the object as it is; `nil` for a creation. What was wrong before is no reason to refuse a change, which would
    ///     keep people from mending one field after the other, and from editing objects that were stored under laxer rules.
    init(_ findings: [FieldError], before old: [FieldError]?) {
        let known = Set((old ?? []).filter { $0.severity == .error })
        let present = findings.filter { $0.severity == .error }
        let isWorse = present.contains { !known.contains($0) }
        let sorted = findings.sorted { $0.path < $1.path }
        errors = isWorse ? sorted.filter { $0.severity == .error } : []
        warnings = isWorse ? sorted.filter { $0.severity == .warning } : sorted
    }

    init() {}

    func response(about subject: AdmissionResponse.Subject) -> AdmissionResponse {
        // Each kubectl prints a warning once.
        var seen = Set<String>()
        let warnings = warnings.map(\.description).filter { seen.insert($0).inserted }
        guard !errors.isEmpty else { return .allowed(warnings: warnings) }
        return .invalid(
            subject,
            errors.map { AdmissionResponse.Cause(field: "\($0.path)", message: $0.message) },
            warnings: warnings
        )
    }
}
