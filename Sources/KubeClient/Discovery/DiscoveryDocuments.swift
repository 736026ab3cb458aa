import JSON
import KubeModel

/// Readers of the documents by which servers tell what they serve.
enum DiscoveryDocuments {
    /// Asks for the aggregated form, and takes the old one from servers that do not know it.
    static let accept =
        ["v2", "v2beta1"]
        .map { "application/json;g=apidiscovery.k8s.io;v=\($0);as=APIGroupDiscoveryList," }.joined()
        + "application/json"

    /// The kinds of an `APIGroupDiscoveryList` (1.26 and newer); `nil` when the document is something else.
    static func aggregated(_ document: JSONValue) -> ServedResources? {
        guard document["kind"] == "APIGroupDiscoveryList" else { return nil }
        var resources: [ServedResource] = []
        var failures: [GroupVersion: String] = [:]
        for group in document["items"]?.arrayValue ?? [] {
            let name = group[path: "metadata", "name"]?.stringValue ?? ""
            for version in group["versions"]?.arrayValue ?? [] {
                let groupVersion = GroupVersion(group: name, version: version["version"]?.stringValue ?? "")
                if version["freshness"] == "Stale" { failures[groupVersion] = "its API server does not answer" }
                for resource in version["resources"]?.arrayValue ?? [] {
                    resources += aggregated(resource, groupVersion)
                }
            }
        }
        return ServedResources(resources, failures: failures)
    }

    private static func aggregated(_ resource: JSONValue, _ groupVersion: GroupVersion) -> [ServedResource] {
        guard let plural = resource["resource"]?.stringValue,
            let kind = resource[path: "responseKind", "kind"]?.stringValue
        else { return [] }
        return [
            ServedResource(
                resource: APIResource(
                    group: groupVersion.group,
                    version: groupVersion.version,
                    kind: kind,
                    plural: plural,
                    isNamespaced: resource["scope"] == "Namespaced"
                ),
                singular: resource["singularResource"]?.stringValue ?? "",
                shortNames: strings(resource["shortNames"]),
                categories: strings(resource["categories"]),
                verbs: Set(strings(resource["verbs"])),
                subresources: Set(
                    (resource["subresources"]?.arrayValue ?? []).compactMap { $0["subresource"]?.stringValue }
                )
            )
        ]
    }

    /// The group versions of an `APIGroupList` and of `APIVersions`, the preferred version of each group first.
    static func groupVersions(core: JSONValue, groups: JSONValue) -> [GroupVersion] {
        var result = strings(core["versions"]).map { GroupVersion(group: "", version: $0) }
        for group in groups["groups"]?.arrayValue ?? [] {
            let preferred = group[path: "preferredVersion", "groupVersion"]?.stringValue
            let all = (group["versions"]?.arrayValue ?? []).compactMap { $0["groupVersion"]?.stringValue }
            result += (all.filter { $0 == preferred } + all.filter { $0 != preferred }).map(GroupVersion.init)
        }
        return result
    }

    /// The kinds of an `APIResourceList`.
    static func resources(_ document: JSONValue, _ groupVersion: GroupVersion) -> [ServedResource] {
        let entries = document["resources"]?.arrayValue ?? []
        var subresources: [Substring: Set<String>] = [:]
        for entry in entries {
            let parts = (entry["name"]?.stringValue ?? "").split(separator: "/", maxSplits: 1)
            if parts.count == 2 { subresources[parts[0], default: []].insert(String(parts[1])) }
        }
        return entries.compactMap { entry in
            guard let plural = entry["name"]?.stringValue, !plural.contains("/"), let kind = entry["kind"]?.stringValue
            else {
                return nil
            }
            return ServedResource(
                resource: APIResource(
                    group: groupVersion.group,
                    version: groupVersion.version,
                    kind: kind,
                    plural: plural,
                    isNamespaced: entry["namespaced"]?.boolValue ?? false
                ),
                singular: entry["singularName"]?.stringValue ?? "",
                shortNames: strings(entry["shortNames"]),
                categories: strings(entry["categories"]),
                verbs: Set(strings(entry["verbs"])),
                subresources: subresources[Substring(plural)] ?? []
            )
        }
    }

    private static func strings(_ value: JSONValue?) -> [String] {
        (value?.arrayValue ?? []).compactMap(\.stringValue)
    }
}
