/// The grammar of image references: `[registry[:port]/]repository[:tag][@digest]`. Source: the reference package of the distribution
/// project, which container runtimes use.
enum ImageReferenceRule {
    /// Characters of a name, which is the registry and the repository.
    static let maximumNameLength = 255

    /// What is wrong with `text` and what would be right; `nil` when nothing is.
    static func problem(with text: String) -> String? {
        guard !text.isEmpty else { return "must not be empty: name an image, such as nginx:1.27" }
        if text.contains(where: \.isWhitespace) { return "\"\(text)\" is no image: must not contain white space" }
        if text.contains("://") { return "\"\(text)\" is no image: leave out the scheme, such as https://" }
        var rest = text[...]
        if let at = rest.firstIndex(of: "@") {
            if let problem = problem(withDigest: rest[rest.index(after: at)...]) {
                return "\"\(text)\" is no image: \(problem)"
            }
            rest = rest[..<at]
        }
        var components = rest.split(separator: "/", omittingEmptySubsequences: false)
        var nameLength = rest.utf8.count
        var registry: Substring?
        if components.count > 1, isRegistry(components[0]) { registry = components.removeFirst() }
        if let colon = components.last?.firstIndex(of: ":"), let last = components.popLast() {
            let tag = last[last.index(after: colon)...]
            guard isTag(tag) else {
                return "\"\(text)\" is no image: a tag has letters, digits, '_', '.' and '-', at most 128 of them"
            }
            nameLength -= tag.utf8.count + 1
            components.append(last[..<colon])
        }
        if let registry, !isDomain(registry) {
            return "\"\(text)\" is no image: \"\(registry)\" is no registry, which is a host name, perhaps with a port"
        }
        guard !components.isEmpty, components.allSatisfy(isRepositoryComponent) else {
            return """
                "\(text)" is no image: the repository has lower-case letters and digits, between them one '.', one or two '_', or '-', \
                and '/' between its parts
                """
        }
        if registry == nil, components.count == 1, components[0].utf8.count == 64, components[0].utf8.allSatisfy(isHex)
        {
            return "\"\(text)\" is no image: 64 hexadecimal digits are an image's ID, not its name"
        }
        return nameLength > maximumNameLength
            ? "\"\(text.prefix(40))...\" is no image: a name has at most \(maximumNameLength) characters" : nil
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

    /// A host name or an address, IPv6 in brackets, and perhaps a port.
    private static func isDomain(_ text: Substring) -> Bool {
        var host = text
        if text.first == "[" {
            guard let close = text.firstIndex(of: "]") else { return false }
            let address = text[text.index(after: text.startIndex)..<close]
            guard !address.isEmpty, address.utf8.allSatisfy({ isHexOfAnyCase($0) || $0 == UInt8(ascii: ":") }) else {
                return false
            }
            let rest = text[text.index(after: close)...]
            return rest.isEmpty || (rest.first == ":" && isPort(rest.dropFirst()))
        }
        if let colon = text.firstIndex(of: ":") {
            guard isPort(text[text.index(after: colon)...]) else { return false }
            host = text[..<colon]
        }
        return host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            guard let first = label.utf8.first, let last = label.utf8.last else { return false }
            return isAlphanumeric(first) && isAlphanumeric(last)
                && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isPort(_ text: Substring) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isDigit) }

    /// Letters and digits, between which stand one dot, one or two underscores, or hyphens.
    private static func isRepositoryComponent(_ component: Substring) -> Bool {
        var bytes = component.utf8[...]
        guard let first = bytes.first, let last = bytes.last, isLowerCaseAlphanumeric(first),
            isLowerCaseAlphanumeric(last)
        else { return false }
        while !bytes.isEmpty {
            bytes = bytes.drop(while: isLowerCaseAlphanumeric)
            let separator = bytes.prefix { !isLowerCaseAlphanumeric($0) }
            bytes = bytes.dropFirst(separator.count)
            switch Substring(separator) {
            case "", ".", "_", "__": continue
            case _ where separator.allSatisfy { $0 == UInt8(ascii: "-") }: continue
            default: return false
            }
        }
        return true
    }

    private static func isTag(_ tag: Substring) -> Bool {
        guard let first = tag.utf8.first, tag.utf8.count <= 128 else { return false }
        return isWordByte(first) && tag.utf8.allSatisfy { isWordByte($0) || ".-".utf8.contains($0) }
    }

    /// Digits of the known algorithms.
    private static let digestLengths = ["sha256": 64, "sha384": 96, "sha512": 128]

    private static func problem(withDigest digest: Substring) -> String? {
        let parts = digest.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let length = digestLengths[String(parts[0])] else {
            let isUpperCase = parts.count == 2 && digestLengths[parts[0].lowercased()] != nil
            return isUpperCase
                ? "the algorithm of a digest is written in lower case, such as sha256"
                : "after '@' comes a digest, such as sha256:<64 digits>"
        }
        guard parts[1].utf8.count == length, parts[1].utf8.allSatisfy(isHex) else {
            return "a digest of \(parts[0]) has \(length) lower-case hexadecimal digits"
        }
        return nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func isHexOfAnyCase(_ byte: UInt8) -> Bool {
        isHex(byte) || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }

    private static func isLowerCaseAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerCaseAlphanumeric(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: "_") }
}
