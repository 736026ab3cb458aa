/// Whom the requests are made in the name of, as Kubernetes' impersonation header fields say it.
package struct Impersonation: Sendable, Hashable {
    package var user: String
    package var uid: String?
    package var groups: [String]
    /// Further attributes of the user; the names are lower case, as the API server reads them.
    package var extra: [String: [String]]

    package init(user: String, uid: String? = nil, groups: [String] = [], extra: [String: [String]] = [:]) {
        self.user = user
        self.uid = uid
        self.groups = groups
        self.extra = extra
    }
}

extension Impersonation {
    /// The header fields to send with every request, in a stable order.
    package var headerFields: [(name: String, value: String)] {
        var fields = [(name: "Impersonate-User", value: user)]
        if let uid { fields.append((name: "Impersonate-Uid", value: uid)) }
        for group in groups { fields.append((name: "Impersonate-Group", value: group)) }
        for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
            let name = "Impersonate-Extra-\(Self.escaped(key))"
            for value in values { fields.append((name: name, value: value)) }
        }
        return fields
    }

    /// An extra's name may be any text but travels in the name of a header field: what is no token character (RFC 9110,
    /// 5.6.2), and the percent sign, are percent-encoded, as the API server decodes them.
    private static func escaped(_ key: String) -> String {
        var result = ""
        for byte in key.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                result.unicodeScalars.append(UnicodeScalar(byte))
            case _ where tokenPunctuation.contains(byte):
                result.unicodeScalars.append(UnicodeScalar(byte))
            default:
                result += byte < 16 ? "%0" : "%"
                result += String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    private static let tokenPunctuation = Set("!#$&'*+-.^_`|~".utf8)
}
