import JSON
import KubeClient
import KubeModel
import SwiftletAPI
import TestSupport

/// What people, and others, do to the WebServers of a namespace: the same for the same seed.
///
/// Only what leads to one end, whenever the operator sees it: others change fields that are the operator's, or delete children.
enum Churn {
    enum Step: Sendable {
        case create(JSONValue)
        case edit(JSONValue)
        case delete
        /// Somebody writes into the labels of a child, or changes the image.
        case steal(APIResource)
        /// Somebody deletes a child.
        case remove(APIResource)
    }

    struct Event: Sendable {
        var name: String
        var step: Step
    }

    private static let servers = 16

    /// In the end two thirds of the WebServers are there.
    static func steps(seed: UInt64, count: Int) -> [Event] {
        var random = SeededGenerator(seed: seed)
        var specs = SpecGenerator(seed: seed)
        var present: [Int: JSONValue] = [:]
        return (0..<count).map { index in
            let server = Int.random(in: 0..<servers, using: &random)
            let name = "web-\(server)"
            guard let spec = present[server] else {
                let spec = settled(specs.spec(), server)
                present[server] = spec
                return Event(name: name, step: .create(spec))
            }
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let changed = settled(specs.changed(spec), server)
                present[server] = changed
                return Event(name: name, step: .edit(changed))
            case 5, 6: return Event(name: name, step: .steal(Bool.random(using: &random) ? .deployments : .services))
            case 7, 8: return Event(name: name, step: .remove(Bool.random(using: &random) ? .deployments : .services))
            default:
                guard index < count * 9 / 10 else { return Event(name: name, step: .steal(.deployments)) }
                present[server] = nil
                return Event(name: name, step: .delete)
            }
        }
    }

    /// Without what depends on what was there before: an autoscaler keeps the number of replicas that it finds, a host belongs to who had it
    /// first, and of two fields the server keeps what it once made of them, a pull policy by the image and the old name of the account.
    private static func settled(_ spec: JSONValue, _ server: Int) -> JSONValue {
        var spec = spec
        if server.isMultiple(of: 2) { spec["replicas"] = nil } else { spec["autoscaling"] = nil }
        if spec["imagePullPolicy"] == nil { spec["imagePullPolicy"] = "IfNotPresent" }
        spec["serviceAccountName"] = nil
        if spec["ingress"] != nil { spec[path: "ingress", "host"] = .string("web-\(server).example.com") }
        return spec
    }

    /// Makes what the specs name.
    static func prepare(_ space: TestNamespace) async throws {
        for (name, mode) in [("once", "ReadWriteOnce"), ("many", "ReadWriteMany")] {
            let spec: JSONValue = [
                "accessModes": [.string(mode)], "resources": ["requests": ["storage": "1Gi"]],
                "storageClassName": "none",
            ]
            try await space.create(.persistentVolumeClaims, name, ["spec": spec])
        }
        try await space.create(.configMaps, "settings", ["data": ["a": "1"]])
        try await space.create(.secrets, "secrets", ["stringData": ["b": "2"]])
    }

    /// In place of a kubelet: a Deployment whose pods never run keeps those of its last template beside them.
    static func startPods(in space: TestNamespace) async throws {
        for webServer in try await space.list(WebServer.resource) { try await space.startPods(of: webServer.name) }
    }

    /// Does all of it, in each of the namespaces.
    static func play(_ events: [Event], in spaces: [TestNamespace], pace: Duration) async throws {
        for event in events {
            try await withThrowingDiscardingTaskGroup { group in
                for space in spaces { group.addTask { try await perform(event, in: space) } }
            }
            try await Task.sleep(for: pace)
        }
    }

    private static func perform(_ event: Event, in space: TestNamespace) async throws {
        do {
            switch event.step {
            case .create(let spec):
                try await space.createWebServer(event.name, spec)
            case .edit(let spec):
                _ = try await space.client.patch(
                    WebServer.resource,
                    space.key(event.name),
                    .json([.replace(path: "/spec", value: spec)])
                )
            case .delete:
                try await space.delete(WebServer.resource, event.name)
            case .steal(let resource):
                let labels: JSONValue = ["app.kubernetes.io/name": "stolen"]
                try await space.patch(resource, event.name, ["metadata": ["labels": labels]])
            case .remove(let resource):
                try await space.delete(resource, event.name)
            }
        } catch let error as KubeError {
            // The child is not there, or is just being changed: nobody insists.
            switch event.step {
            case .steal, .remove: guard error.isNotFound || error.isConflict else { throw error }
            default: throw error
            }
        }
    }
}
