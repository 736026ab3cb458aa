/// Kubernetes' rules for names. Source: the API server's validation of names, labels and annotations.
package enum NameRule: Sendable {
    /// A Service: a DNS label that starts with a letter (RFC 1035).
    case label1035
    /// A namespace or a mesh: a DNS label (RFC 1123).
    case label
    /// Most objects: DNS labels joined by dots (RFC 1123).
    case subdomain
    /// A key of labels and annotations: a name of up to 63 characters, perhaps after a subdomain and a slash.
    case qualifiedName
    /// A finalizer: a qualified name with its subdomain, or one of Kubernetes' own.
    case finalizer
    /// A value of a label: empty, or up to 63 characters.
    case labelValue

    static let maximumLabelLength = 63
    static let maximumSubdomainLength = 253
    static let label1035Pattern = "^[a-z]([-a-z0-9]*[a-z0-9])?$"

    /// What is wrong with `text` and what would be right; `nil` when nothing is.
    package func problem(with text: String) -> String? {
        isValid(text) ? nil : "\"\(text)\" is not valid: use \(requirement)"
    }

    private func isValid(_ text: String) -> Bool {
        switch self {
        case .label1035: Self.isLabel(text[...]) && text.utf8.first.map(Self.isLowerCaseLetter) == true
        case .label: Self.isLabel(text[...])
        case .subdomain:
            text.utf8.count <= Self.maximumSubdomainLength
                && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(Self.isLabel)
        case .qualifiedName: Self.isQualifiedName(text)
        case .finalizer: Self.ownFinalizers.contains(text) || (text.contains("/") && Self.isQualifiedName(text))
        case .labelValue: text.isEmpty || Self.isWord(text[...])
        }
    }

    private var requirement: String {
        switch self {
        case .label1035:
            "lower-case letters, digits and '-', starting with a letter and ending with a letter or digit, at most 63 characters"
        case .label:
            "lower-case letters, digits and '-', starting and ending with a letter or digit, at most 63 characters"
        case .subdomain:
            "lower-case letters, digits, '-' and '.', each part starting and ending with a letter or digit, at most 253 characters"
        case .qualifiedName:
            "letters, digits, '-', '_' and '.', at most 63 characters, perhaps after a DNS name and '/', such as example.com/name"
        case .finalizer:
            "a DNS name, '/' and a name of letters, digits, '-', '_' and '.', such as example.com/cleanup"
        case .labelValue:
            "letters, digits, '-', '_' and '.', starting and ending with a letter or digit, at most 63 characters"
        }
    }

    private static let ownFinalizers: Set<String> = ["kubernetes", "orphan", "foregroundDeletion"]

    private static func isLabel(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return text.utf8.count <= maximumLabelLength
            && isLowerCaseAlphanumeric(first) && isLowerCaseAlphanumeric(last)
            && text.utf8.allSatisfy { isLowerCaseAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isQualifiedName(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return isWord(parts[0])
        case 2: return NameRule.subdomain.isValid(String(parts[0])) && isWord(parts[1])
        default: return false
        }
    }

    private static func isWord(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return text.utf8.count <= maximumLabelLength && isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }

    private static func isLowerCaseLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isLowerCaseAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerCaseLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerCaseAlphanumeric(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
