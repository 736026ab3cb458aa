/// The version of this program.
enum SwiftletVersion {
    static let current = "0.1.0"
    /// What API servers see in their logs. Not curl's own, to which they answer with indented JSON.
    static let userAgent = "swiftlet/\(current)"
}
