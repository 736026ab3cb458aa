import JSON

/// Which Kubernetes a server is.
package struct ServerVersion: Hashable, Sendable, CustomStringConvertible {
    /// Such as `v1.30.2`, possibly with a vendor's suffix.
    package var gitVersion: String
    package var major: Int
    package var minor: Int

    package init(gitVersion: String, major: Int, minor: Int) {
        self.gitVersion = gitVersion
        self.major = major
        self.minor = minor
    }

    /// From the answer of `/version`; vendors write a minor such as `27+`. What is missing is 0.
    init(_ value: JSONValue) {
        func number(_ field: String) -> Int { Int((value[field]?.stringValue ?? "").prefix { $0.isNumber }) ?? 0 }
        self.init(
            gitVersion: value["gitVersion"]?.stringValue ?? "unknown",
            major: number("major"),
            minor: number("minor")
        )
    }

    /// Whether watches can begin with a whole list (`sendInitialEvents`): on by default since 1.32. Older servers refuse, which costs a request.
    package var streamsLists: Bool { (major, minor) >= (1, 32) }

    /// Whether init containers that restart always run beside the others (`SidecarContainers`): on by default since 1.29.
    package var runsNativeSidecars: Bool { (major, minor) >= (1, 29) }

    /// The group and version of the `Eviction` that pods take: `policy/v1` since 1.22.
    package var evictionVersion: String { (major, minor) >= (1, 22) ? "policy/v1" : "policy/v1beta1" }

    package var description: String { gitVersion }
}
