/// The grammar of image references: `[registry[:port]/]repository[:tag][@digest]`. Source: the OCI distribution specification.
enum ImageReferenceRule {
    /// What is wrong with `text` and what would be right; `nil` when nothing is.
    static func problem(with text: String) -> String? {
        guard !text.isEmpty else { return "must not be empty: name an image, such as nginx:1.27" }
        if text.contains(where: \.isWhitespace) { return "\"\(text)\" is no image: must not contain white space" }
        if text.contains("://") { return "\"\(text)\" is no image: leave out the scheme, such as https://" }
        var rest = text[...]
        if let at = rest.firstIndex(of: "@") {
            let digest = rest[rest.index(after: at)...]
            guard isDigest(digest) else {
                return "\"\(text)\" is no image: after '@' comes a digest, such as sha256:<64 digits>"
            }
            rest = rest[..<at]
        }
        var components = rest.split(separator: "/", omittingEmptySubsequences: false)
        if components.count > 1, isRegistry(components[0]) { components.removeFirst() }
        if let colon = components.last?.firstIndex(of: ":"), let last = components.popLast() {
            guard isTag(last[last.index(after: colon)...]) else {
                return "\"\(text)\" is no image: a tag has letters, digits, '_', '.' and '-', at most 128 of them"
            }
            components.append(last[..<colon])
        }
        guard !components.isEmpty, components.allSatisfy(isRepositoryComponent) else {
            return "\"\(text)\" is no image: the repository has lower-case letters, digits, '.', '_', '-' and '/'"
        }
        return nil
    }

    /// Why a reference that is right may stand for something else tomorrow; `nil` when its tag hardly moves.
    static func driftOfTag(in text: String) -> String? {
        guard !text.contains("@") else { return nil }
        let last = text.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        let tag = last.split(separator: ":").dropFirst().first ?? "latest"
        guard tag == "latest" else { return nil }
        let what = last.contains(":") ? "has the tag latest" : "has no tag, which means latest"
        return "\"\(text)\" \(what): each new pod may get another version. Name one, such as nginx:1.27"
    }

    /// As container runtimes tell a registry from the first part of a repository.
    private static func isRegistry(_ component: Substring) -> Bool {
        component == "localhost" || component.contains(".") || component.contains(":")
    }

    private static func isRepositoryComponent(_ component: Substring) -> Bool {
        guard let first = component.utf8.first, let last = component.utf8.last else { return false }
        return isLowerCaseAlphanumeric(first) && isLowerCaseAlphanumeric(last)
            && component.utf8.allSatisfy { isLowerCaseAlphanumeric($0) || "._-".utf8.contains($0) }
    }

    private static func isTag(_ tag: Substring) -> Bool {
        guard let first = tag.utf8.first, tag.utf8.count <= 128 else { return false }
        return isWordByte(first) && tag.utf8.allSatisfy { isWordByte($0) || ".-".utf8.contains($0) }
    }

    private static func isDigest(_ digest: Substring) -> Bool {
        let parts = digest.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].utf8.count >= 32
            && parts[1].utf8.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
    }

    private static func isLowerCaseAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        isLowerCaseAlphanumeric(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || byte == UInt8(ascii: "_")
    }
}
