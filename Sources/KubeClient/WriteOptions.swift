import KubeModel

/// How a change is made.
package struct WriteOptions: Hashable, Sendable {
    /// What the server does with fields that the kind does not have, or has twice.
    package enum FieldValidation: String, Hashable, Sendable {
        /// Drops them in silence.
        case ignore = "Ignore"
        /// Drops them with a warning.
        case warn = "Warn"
        /// Refuses the request.
        case strict = "Strict"
    }

    /// Whom the changed fields belong to afterwards. Required by server-side apply.
    package var fieldManager: String?
    /// Takes over fields that others own. Of server-side apply only.
    package var force: Bool
    /// Goes through admission, defaulting and validation, and stores nothing.
    package var dryRun: Bool
    /// `nil` leaves it to the server. Servers before 1.25 take no notice.
    package var fieldValidation: FieldValidation?

    package init(
        fieldManager: String? = nil,
        force: Bool = false,
        dryRun: Bool = false,
        fieldValidation: FieldValidation? = nil
    ) {
        self.fieldManager = fieldManager
        self.force = force
        self.dryRun = dryRun
        self.fieldValidation = fieldValidation
    }

    func query(isApply: Bool) -> Query {
        var query = Query()
        query.add("fieldManager", fieldManager)
        if isApply { query.add("force", force) }
        query.add("dryRun", dryRun ? "All" : nil)
        query.add("fieldValidation", fieldValidation?.rawValue)
        return query
    }
}
