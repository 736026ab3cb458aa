/// An API group and one of its versions.
package struct GroupVersion: Hashable, Sendable, CustomStringConvertible {
    /// Empty for the core group.
    package var group: String
    package var version: String

    package init(group: String, version: String) {
        self.group = group
        self.version = version
    }

    /// Reads an `apiVersion`: `v1` or `group/version`.
    package init(_ apiVersion: String) {
        if let slash = apiVersion.firstIndex(of: "/") {
            self.init(
                group: String(apiVersion[..<slash]),
                version: String(apiVersion[apiVersion.index(after: slash)...])
            )
        } else {
            self.init(group: "", version: apiVersion)
        }
    }

    /// The `apiVersion` of objects.
    package var description: String { group.isEmpty ? version : "\(group)/\(version)" }
}

/// What an object says it is.
package struct GroupVersionKind: Hashable, Sendable, CustomStringConvertible {
    package var group: String
    package var version: String
    package var kind: String

    package init(group: String, version: String, kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }

    package init(apiVersion: String, kind: String) {
        let groupVersion = GroupVersion(apiVersion)
        self.init(group: groupVersion.group, version: groupVersion.version, kind: kind)
    }

    package var groupVersion: GroupVersion { GroupVersion(group: group, version: version) }
    package var apiVersion: String { groupVersion.description }
    package var groupKind: GroupKind { GroupKind(group: group, kind: kind) }

    package var description: String { "\(apiVersion) \(kind)" }
}

/// A kind whatever its version.
package struct GroupKind: Hashable, Sendable, CustomStringConvertible {
    package var group: String
    package var kind: String

    package init(group: String, kind: String) {
        self.group = group
        self.kind = kind
    }

    /// `Deployment.apps`, as kubectl writes it; the core group is left out.
    package var description: String { group.isEmpty ? kind : "\(kind).\(group)" }
}

/// One kind as it is served: what is needed to build its URLs.
package struct APIResource: Hashable, Sendable, CustomStringConvertible {
    package var group: String
    package var version: String
    package var kind: String
    /// The plural that URLs use, such as `deployments`.
    package var plural: String
    package var isNamespaced: Bool

    package init(group: String, version: String, kind: String, plural: String, isNamespaced: Bool = true) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
    }

    package var groupVersionKind: GroupVersionKind { GroupVersionKind(group: group, version: version, kind: kind) }
    package var groupVersion: GroupVersion { GroupVersion(group: group, version: version) }
    package var groupKind: GroupKind { GroupKind(group: group, kind: kind) }
    package var apiVersion: String { groupVersion.description }

    /// `deployments.apps`, as kubectl and RBAC write it.
    package var description: String { group.isEmpty ? plural : "\(plural).\(group)" }

    /// The URL path of the collection, or of one object, below the server's base.
    ///
    /// - Parameters:
    ///   - namespace: `nil` for all namespaces; ignored for cluster-scoped kinds. An empty one makes a path that no client sends.
    ///   - name: the object; `nil` for the collection.
    ///   - subresource: such as `status`; only with a name.
    package func path(namespace: String? = nil, name: String? = nil, subresource: String? = nil) -> String {
        var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        if isNamespaced, let namespace {
            path += "/namespaces/\(namespace.percentEncodedPathSegment)"
        }
        path += "/\(plural)"
        if let name {
            path += "/\(name.percentEncodedPathSegment)"
            if let subresource { path += "/\(subresource)" }
        }
        return path
    }
}

extension String {
    /// This text as one segment of a URL path or one value of a query: everything but RFC 3986's unreserved characters is escaped, so
    /// that no name can change which URL is meant.
    package var percentEncodedPathSegment: String {
        var result = ""
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                result += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return result
    }
}
