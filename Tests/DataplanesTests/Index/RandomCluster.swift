import JSON
import KubeModel
import TestSupport

@testable import Dataplanes

/// A small cluster in which everything changes at random: few names and labels, so that things meet.
struct RandomCluster {
    private(set) var objects = ComputedFromScratch()
    private var generator: SeededGenerator
    private var version = 0

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private mutating func pick<Element>(_ list: [Element]) -> Element { list.randomElement(using: &generator)! }
    private mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &generator) == 0 }

    /// Changes one thing, here and in the index.
    mutating func change(_ index: inout MeshIndex) throws {
        version += 1
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<9: try changePod(&index)
        case 9..<14: try changeService(&index)
        case 14, 15: try changeSlice(&index)
        case 16, 17: try changeNamespace(&index)
        case 18: changeNode(&index)
        default:
            objects.meshes = pick([nil, ["default"], ["default", "other"], []])
            index.setMeshes(objects.meshes)
        }
    }

    private mutating func labels(atLeast count: Int = 0) -> [String: String] {
        var labels: [String: String] = [:]
        for _ in 0..<Int.random(in: count...3, using: &generator) {
            labels[pick(["app", "tier", "hash"])] = pick(["a", "b", "c"])
        }
        return labels
    }

    private mutating func meshMark() -> [String: String] {
        oneIn(4) ? [MeshMarks.mesh: pick(["default", "other", ""])] : [:]
    }

    private mutating func changePod(_ index: inout MeshIndex) throws {
        let key = ObjectKey(namespace: pick(["x", "y"]), name: "pod-\(Int.random(in: 0..<8, using: &generator))")
        if oneIn(4) {
            objects.pods[key] = nil
            index.remove(pod: key)
            return
        }
        let podLabels = labels().merging(meshMark()) { $1 }
        let mark = meshMark()
        var shape = Sample.PodShape(name: key.name, namespace: key.namespace)
        shape.uid = "uid-\(oneIn(5) ? version : 0)"
        shape.labels = podLabels
        shape.annotations = mark.merging([MeshMarks.injected: oneIn(6) ? "false" : "true"]) { $1 }
        if oneIn(8) { shape.annotations[MeshMarks.gateway] = pick(["enabled", "provided", "what"]) }
        shape.address = oneIn(8) ? "" : "10.1.0.\(Int.random(in: 0..<9, using: &generator))"
        shape.phase = oneIn(8) ? "Failed" : "Running"
        shape.node = pick(["", "n1", "n2"])
        shape.isDeleted = oneIn(6)
        shape.ports = [("main", 8080, pick(["web", "old"]), "TCP")]
        shape.ready = [("main", !oneIn(3)), ("kuma-sidecar", !oneIn(5))]
        let pod = try Sample.pod { $0 = shape }
        objects.pods[key] = pod
        index.put(pod)
    }

    private mutating func changeService(_ index: inout MeshIndex) throws {
        let key = ObjectKey(namespace: pick(["x", "y"]), name: "svc-\(Int.random(in: 0..<5, using: &generator))")
        if oneIn(4) {
            objects.services[key] = nil
            index.remove(service: key)
            return
        }
        let port: JSONValue = [
            "port": .int(pick([80, 81])), "targetPort": pick([8080, "web", 9999]),
            "appProtocol": pick(["http", "tcp"]),
        ]
        let old = oneIn(2) ? objects.services[key]?.selector.dictionary : nil
        let selector = old ?? (oneIn(5) ? [:] : labels(atLeast: 1))
        let service = try Sample.service(
            key.name,
            namespace: key.namespace,
            annotations: oneIn(8) ? [MeshMarks.ignore: "true"] : [:],
            selector: selector,
            ports: oneIn(3) ? [port, ["port": 90]] : [port],
            clusterIPs: pick([["10.0.0.1"], ["10.0.0.1", "fd00::1"], ["None"]]),
            type: oneIn(8) ? "ExternalName" : "ClusterIP"
        )
        objects.services[key] = service
        index.put(service)
    }

    private mutating func changeSlice(_ index: inout MeshIndex) throws {
        let key = ObjectKey(namespace: pick(["x", "y"]), name: "slice-\(Int.random(in: 0..<3, using: &generator))")
        if oneIn(4) {
            objects.slices[key] = nil
            index.remove(slice: key)
            return
        }
        let endpoints = (0..<3).map { _ -> JSONValue in
            [
                "targetRef": [
                    "kind": "Pod", "name": .string("pod-\(Int.random(in: 0..<8, using: &generator))"), "uid": "uid-0",
                ]
            ]
        }
        let service = "svc-\(Int.random(in: 0..<5, using: &generator))"
        let slice: EndpointSlice = try Sample.read([
            "metadata": [
                "name": .string(key.name), "namespace": .string(key.namespace),
                "labels": ["kubernetes.io/service-name": .string(service)],
            ],
            "endpoints": .array(endpoints),
        ])
        objects.slices[key] = slice
        index.put(slice)
    }

    private mutating func changeNamespace(_ index: inout MeshIndex) throws {
        let name = pick(["x", "y", "z"])
        if oneIn(3) {
            objects.namespaces[name] = nil
            index.remove(namespace: name)
            return
        }
        let marks = (meshMark(), meshMark())
        let namespace = try Sample.namespace(name, labels: marks.0, annotations: marks.1)
        objects.namespaces[name] = namespace
        index.put(namespace)
    }

    private mutating func changeNode(_ index: inout MeshIndex) {
        let name = pick(["n1", "n2"])
        if oneIn(3) {
            objects.nodes[name] = nil
            index.remove(node: name)
            return
        }
        let labels = ["topology.kubernetes.io/zone": pick(["a", "b"]), "other": "\(version)"]
        objects.nodes[name] = labels
        index.put(node: name, labels: labels)
    }
}
