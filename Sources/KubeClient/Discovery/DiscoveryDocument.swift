import JSON
import KubeModel

/// What one of the server's discovery documents tells, in any of its forms. What it does not tell well is left out.
struct DiscoveryDocument {
    private(set) var resources: [ServedResource] = []
    private(set) var failures: [ServedResources.Failure] = []
    /// The versions whose resources are still to be asked for, the preferred one of each group first.
    private(set) var versions: [GroupVersion] = []

    init(_ document: JSONValue) {
        switch document["kind"]?.stringValue {
        case "APIGroupDiscoveryList":
            for group in document["items"]?.arrayValue ?? [] { readAggregated(group) }
        case "APIVersions":
            versions = Self.strings(document["versions"]).map { GroupVersion(group: "", version: $0) }
        case "APIGroupList":
            for group in document["groups"]?.arrayValue ?? [] { readGroup(group) }
        default: break
        }
    }

    /// Reads an `APIResourceList`, in which subresources stand beside what they belong to.
    static func resources(of version: GroupVersion, _ document: JSONValue) -> [ServedResource] {
        var found: [ServedResource] = []
        var subresources: [String: [String: Set<String>]] = [:]
        for entry in document["resources"]?.arrayValue ?? [] {
            guard let name = entry["name"]?.stringValue, let kind = entry["kind"]?.stringValue else { continue }
            let verbs = Set(strings(entry["verbs"]))
            if let slash = name.firstIndex(of: "/") {
                subresources[String(name[..<slash]), default: [:]][String(name[name.index(after: slash)...])] = verbs
                continue
            }
            let resource = APIResource(
                group: version.group,
                version: version.version,
                kind: kind,
                plural: name,
                isNamespaced: entry["namespaced"]?.boolValue ?? false
            )
            found.append(
                ServedResource(
                    resource,
                    singular: entry["singularName"]?.stringValue ?? "",
                    shortNames: strings(entry["shortNames"]),
                    categories: strings(entry["categories"]),
                    verbs: verbs
                )
            )
        }
        for index in found.indices { found[index].subresources = subresources[found[index].resource.plural] ?? [:] }
        return found
    }

    private mutating func readGroup(_ group: JSONValue) {
        let preferred = group[path: "preferredVersion", "groupVersion"]?.stringValue
        let all = (group["versions"]?.arrayValue ?? []).compactMap { $0["groupVersion"]?.stringValue }
        let sorted = all.filter { $0 == preferred } + all.filter { $0 != preferred }
        versions += sorted.map { GroupVersion($0) }
    }

    private mutating func readAggregated(_ group: JSONValue) {
        let name = group[path: "metadata", "name"]?.stringValue ?? ""
        for version in group["versions"]?.arrayValue ?? [] {
            guard let number = version["version"]?.stringValue else { continue }
            let groupVersion = GroupVersion(group: name, version: number)
            if version["freshness"]?.stringValue == "Stale" {
                let message = "its API server does not answer; what is known may be out of date"
                failures.append(ServedResources.Failure(groupVersion: groupVersion, message: message))
            }
            for entry in version["resources"]?.arrayValue ?? [] {
                if let resource = Self.aggregatedResource(entry, groupVersion) { resources.append(resource) }
            }
        }
    }

    private static func aggregatedResource(_ entry: JSONValue, _ version: GroupVersion) -> ServedResource? {
        guard let plural = entry["resource"]?.stringValue,
            let kind = entry[path: "responseKind", "kind"]?.stringValue
        else { return nil }
        let subresources = (entry["subresources"]?.arrayValue ?? []).compactMap { entry in
            entry["subresource"]?.stringValue.map { ($0, Set(strings(entry["verbs"]))) }
        }
        return ServedResource(
            APIResource(
                group: version.group,
                version: version.version,
                kind: kind,
                plural: plural,
                isNamespaced: entry["scope"]?.stringValue == "Namespaced"
            ),
            singular: entry["singularResource"]?.stringValue ?? "",
            shortNames: strings(entry["shortNames"]),
            categories: strings(entry["categories"]),
            verbs: Set(strings(entry["verbs"])),
            subresources: Dictionary(subresources, uniquingKeysWith: { $1 })
        )
    }

    private static func strings(_ value: JSONValue?) -> [String] {
        (value?.arrayValue ?? []).compactMap(\.stringValue)
    }
}
