import KubeModel

/// What may stand in the path of a request. Names come from other people's files and requests: none may turn a request about one object into a
/// request about another, about a whole collection, or about all namespaces.
///
/// Escaping alone does not do: servers and proxies decode `%2F` and `%2e%2e` at different times.
package enum RequestPath {
    /// What is wrong with the name of a namespace, which has to be a DNS label (RFC 1123); `nil` when nothing is.
    package static func fault(inNamespace name: String) -> String? {
        guard !name.isEmpty else { return "the name of the namespace is empty" }
        let bytes = name.utf8
        let isLabel =
            bytes.count <= 63 && bytes.first != UInt8(ascii: "-") && bytes.last != UInt8(ascii: "-")
            && bytes.allSatisfy { isLowerCaseAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        return isLabel ? nil : "\(quoted(name)) is not the name of a namespace"
    }

    /// What is wrong with the name of an object, a resource or a subresource; `nil` when nothing is. Source: the API server's rule for names
    /// that are used as segments of paths, and no control characters.
    package static func fault(inSegment name: String) -> String? {
        switch name {
        case "": return "the name is empty"
        case ".", "..": return "\(quoted(name)) cannot be a name"
        default: break
        }
        let isSegment = name.utf8.allSatisfy { byte in
            byte >= 0x20 && byte != 0x7F && byte != UInt8(ascii: "/") && byte != UInt8(ascii: "%")
                && byte != UInt8(ascii: "\\")
        }
        return isSegment ? nil : "\(quoted(name)) has characters that no name may have"
    }

    /// What is wrong with a whole path, percent-encoded and without a query; `nil` when nothing is.
    package static func fault(in path: String) -> String? {
        guard path.utf8.first == UInt8(ascii: "/") else { return "the path \(quoted(path)) does not begin with '/'" }
        for segment in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard !segment.contains(where: { $0 == "?" || $0 == "#" }), let name = decoded(segment) else {
                return "the path \(quoted(path)) has a segment that is not percent-encoded"
            }
            if let fault = fault(inSegment: name) { return "the path \(quoted(path)): \(fault)" }
        }
        return nil
    }

    /// What is wrong with a request about an object, or about a collection if there is no `name`; `nil` when nothing is.
    ///
    /// - Parameter namespace: `nil` for all namespaces, which is never what an empty one means.
    static func fault(
        _ resource: APIResource,
        namespace: String?,
        name: String?,
        subresource: String?
    ) -> String? {
        if resource.isNamespaced {
            if let namespace {
                if let fault = fault(inNamespace: namespace) { return fault }
            } else if name != nil {
                return "the name of the namespace is missing"
            }
        }
        let group = resource.group.isEmpty ? nil : resource.group
        return [group, resource.version, resource.plural, name, subresource].lazy.compactMap(\.self)
            .compactMap { fault(inSegment: $0) }.first
    }

    /// `nil` for what is no percent-encoding, or no UTF-8 when decoded.
    private static func decoded(_ segment: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = segment.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexDigit), let low = rest.popFirst().flatMap(hexDigit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
    }

    private static func isLowerCaseAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// As it can be logged, whatever it holds and however long it is.
    private static func quoted(_ text: String) -> String {
        String(text.unicodeScalars.prefix(100).map(Character.init)).debugDescription
    }
}
