/// What is wrong with the text of a setting, and what would be right; whoever reads the setting knows where it stands.
package struct SettingProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package var message: String

    package var description: String { message }

    init(_ message: String) { self.message = message }

    /// `"x" is not valid: use ...`.
    init(_ text: some StringProtocol, use right: String) {
        message = "\"\(text.prefix(200))\" is not valid: use \(right)"
    }
}
