/// What a server-side apply led to.
package struct AppliedObject<Object: Sendable>: Sendable {
    /// The object as stored.
    package var object: Object
    /// Whether the apply made the object; else there was one of that name already.
    package var isNew: Bool
}
