import JSON

/// The version of an API server.
package struct ServerVersion: Hashable, Sendable, CustomStringConvertible {
    package var major: Int
    package var minor: Int
    /// As the server writes it, such as `v1.31.2-eks-7f9249a`.
    package var text: String

    package init(major: Int, minor: Int, text: String) {
        self.major = major
        self.minor = minor
        self.text = text
    }

    /// Reads the answer to `/version`; `nil` if it is none. Some providers write `20+` for 20.
    package init?(_ answer: JSONValue) {
        guard let major = answer["major"]?.stringValue.flatMap({ Int($0.prefix(while: \.isNumber)) }),
            let minor = answer["minor"]?.stringValue.flatMap({ Int($0.prefix(while: \.isNumber)) })
        else { return nil }
        self.init(major: major, minor: minor, text: answer["gitVersion"]?.stringValue ?? "v\(major).\(minor)")
    }

    package var description: String { text }
}
