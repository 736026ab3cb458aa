import Dataplanes
import JSON
import KubeModel
import SwiftletAPI

/// The dataplanes that pods and Services make.
package struct DataplaneInspection: Sendable {
    /// By namespace and name.
    package let dataplanes: [Dataplane]
    /// What is not as somebody may have meant it.
    package let warnings: [String]
    /// Those of pods that workloads of files would run.
    private let assumed: Set<ObjectKey>

    package init(_ objects: MeshObjects, options: InspectionOptions) {
        assumed = objects.assumedPods
        var index = MeshIndex(options: options.dataplanes)
        for namespace in objects.namespaces { index.put(namespace) }
        for node in objects.nodes { index.put(node: node.key.name, labels: node.labels) }
        for service in objects.services { index.put(service) }
        for slice in objects.slices { index.put(slice) }
        for pod in objects.pods { index.put(pod) }
        index.setMeshes(Set(objects.meshes.map(\.metadata.name)))
        _ = index.takeChanges()
        dataplanes = index.dataplanes().filter(options.includes).sorted { $0.key < $1.key }
        let concerned = options.namespace.map { name in index.problems.filter { $0.key.namespace == name } }
        warnings = (concerned ?? index.problems).sorted { $0.key < $1.key }.flatMap { key, problems in
            problems.map { "pod \(key): \($0)" }
        }
    }

    /// A line for each dataplane.
    package var table: String {
        var table = TextTable(["NAMESPACE", "NAME", "MESH", "ADDRESS", "INBOUNDS", "READY", "SERVICES", "TAGS"])
        for dataplane in dataplanes {
            let inbounds = dataplane.inbounds.filter { !$0.isServiceless }
            let ports = Set(inbounds.map(\.port)).sorted().map { "\($0)" }.joined(separator: ",")
            table.add([
                dataplane.key.namespace, dataplane.key.name, dataplane.mesh,
                dataplane.address + (assumed.contains(dataplane.key) ? " (assumed)" : ""),
                dataplane.gateway != nil ? "gateway" : ports.isEmpty ? "none" : ports,
                inbounds.isEmpty ? "-" : "\(inbounds.count { $0.state == .ready })/\(inbounds.count)",
                dataplane.callerName, ownTags(dataplane),
            ])
        }
        return table.text()
    }

    /// The labels of the pod, by which TrafficRoutes tell versions apart.
    private func ownTags(_ dataplane: Dataplane) -> String {
        let tags = dataplane.sourceTags.first?.entries ?? []
        return tags.filter { name, _ in !name.contains("kuma.io/") && !DataplaneOptions.topologyLabels.contains(name) }
            .map { "\($0.name)=\($0.value)" }.joined(separator: ",")
    }

    /// Objects of kind `Dataplane`, as Kuma would keep them.
    package var documents: [JSONValue] {
        dataplanes.map { dataplane in
            var document = dataplane.manifest
            if assumed.contains(dataplane.key) {
                document[path: "metadata", "annotations", SwiftletAnnotations.assumed] = "true"
            }
            return document
        }
    }
}
