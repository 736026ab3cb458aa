import JSON
import KubeModel
import SwiftletAPI
import WebServers

/// All that there is of WebServers in a namespace, without what differs between two honest runs: names and times that are drawn,
/// identities, versions, and the namespace itself.
struct NamespaceState {
    private(set) var objects: [String: JSONValue] = [:]
    /// Children of a WebServer that is not there any more, if only in an earlier life.
    private(set) var orphans: [String] = []

    init(of space: TestNamespace) async throws {
        let children = ChildRole.allCases.compactMap { $0.resource(in: space.served) }
        let owners = Set(try await space.list(WebServer.resource).compactMap { $0.value[path: "metadata", "uid"] })
        // What a cluster publishes into every namespace is in this one, too.
        let published = Set(try await space.inNamespace("default").list(.configMaps).map(\.name))
        for resource in [WebServer.resource, .persistentVolumeClaims, .configMaps] + children {
            for object in try await space.list(resource)
            where resource != .configMaps || !published.contains(object.name) {
                let references = object.value[path: "metadata", "ownerReferences"]?.arrayValue ?? []
                if children.contains(resource), !references.contains(where: { $0["uid"].map(owners.contains) ?? false })
                {
                    orphans.append("\(resource.kind) \(object.name)")
                }
                var named = object
                named.value["kind"] = .string(resource.kind)
                var value = named.comparable.value
                // Of foreign objects with the namespace's own names.
                let digest = ["spec", "template", "metadata", "annotations", "swiftlet.phys.app/config"]
                if value[path: digest] != nil { value[path: digest] = "some" }
                // The server keeps elements in the order in which they came, and what it empties.
                let pod = ["spec", "template", "spec"]
                if let secrets = value[path: pod + ["imagePullSecrets"]]?.arrayValue {
                    let sorted = secrets.sorted { $0.encodedText() < $1.encodedText() }
                    value[path: pod + ["imagePullSecrets"]] = .array(sorted)
                }
                if let spec = value[path: pod] { value[path: pod] = spec.withoutEmptied }
                if resource == WebServer.resource { value["status"] = object.value["status"]?.withoutTimes }
                let text = String(decoding: value.encoded(), as: UTF8.self).replacing(space.name, with: "namespace")
                objects["\(resource.kind) \(object.name)"] = try JSONValue(parsing: Array(text.utf8))
            }
        }
        // Their names are drawn: what counts is how many there are for whom.
        var pods: [String: Int] = [:]
        for pod in try await space.list(.pods) where pod.value[path: "metadata", "deletionTimestamp"] == nil {
            pods[pod.value[path: "metadata", "labels", "app.kubernetes.io/instance"]?.stringValue ?? "", default: 0] +=
                1
        }
        for (instance, count) in pods { objects["Pods of \(instance)"] = .int(Int64(count)) }
    }

    func differences(from other: NamespaceState) -> [String] {
        Set(objects.keys).union(other.objects.keys).sorted().flatMap { name in
            JSONValue.differences(objects[name], other.objects[name]).map { "\(name): \($0)" }
        }
    }
}

extension JSONValue {
    /// Without objects that have nothing in them.
    fileprivate var withoutEmptied: JSONValue {
        if let members = objectValue {
            return .object(members.mapValues(\.withoutEmptied).filter { $0.value != [:] })
        }
        if let elements = arrayValue { return .array(elements.map(\.withoutEmptied)) }
        return self
    }

    /// A status without when things happened.
    fileprivate var withoutTimes: JSONValue {
        if let members = objectValue {
            return .object(members.filter { !$0.key.hasSuffix("Time") }.mapValues(\.withoutTimes))
        }
        if let elements = arrayValue { return .array(elements.map(\.withoutTimes)) }
        return self
    }
}
