import JSON
import KubeModel
import SwiftletAPI
import WebServers

/// A child of a WebServer as the operator stores it: metadata, and the bytes of spec and status.
///
/// All objects of the children's kinds are watched, because a foreign object of the same name must be known about; of one that no WebServer
/// owns, only its identity is kept.
struct ChildObject: WireObject {
    let metadata: ObjectMeta
    /// JSON as the server sent it; empty for objects of others.
    private let spec: [UInt8]
    private let status: [UInt8]

    var key: ObjectKey { metadata.key }
    var uid: UID { metadata.uid }
    var resourceVersion: ResourceVersion { metadata.resourceVersion }

    init(json reader: inout JSONReader) throws {
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: ""))
        var spec = 0..<0
        var status = 0..<0
        try reader.beginObject()
        while let member = try reader.nextKey() {
            switch member {
            case "metadata": metadata = try ObjectMeta(from: &reader)
            case "spec": spec = try reader.skipValue()
            case "status": status = try reader.skipValue()
            default: try reader.skipValue()
            }
        }
        guard Self.isOfWebServer(metadata) else {
            var identity = ObjectMeta(key: metadata.key)
            identity.uid = metadata.uid
            identity.resourceVersion = metadata.resourceVersion
            self.metadata = identity
            self.spec = []
            self.status = []
            return
        }
        self.metadata = metadata
        self.spec = Array(reader.bytes[spec])
        self.status = Array(reader.bytes[status])
    }

    /// Whether a WebServer of this name has it, which may be an earlier one whose objects are about to go.
    func isOfWebServer(named name: String) -> Bool { !spec.isEmpty && metadata.controller?.name == name }

    private static func isOfWebServer(_ metadata: ObjectMeta) -> Bool {
        guard let owner = metadata.controller else { return false }
        return owner.kind == WebServer.resource.kind && GroupVersion(owner.apiVersion).group == WebServer.resource.group
    }

    /// The object as the planner compares it.
    ///
    /// - Throws: ``JSONError`` when spec or status are malformed.
    func observed(as resource: APIResource) throws(JSONError) -> ObservedObject {
        let object: JSONValue = .compact([
            "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind),
            "metadata": [
                "name": .string(metadata.name), "namespace": .string(metadata.namespace),
                "labels": .strings(metadata.labels),
                "annotations": .strings(metadata.annotations),
                "ownerReferences": .array(metadata.ownerReferences.map(\.json)),
            ],
            "spec": spec.isEmpty ? nil : try JSONValue(parsing: spec),
        ])
        return ObservedObject(
            metadata: metadata,
            object: DynamicObject(object),
            status: status.isEmpty ? [:] : try JSONValue(parsing: status)
        )
    }

    /// What is new about a child.
    enum News: Hashable {
        /// Nothing that plan or status of a WebServer depend on.
        case none
        /// How many pods have come how far: told at a bounded pace.
        case progress
        /// What a plan depends on, or what turns a condition.
        case substance
    }

    /// What this version says that `old` did not.
    func news(since old: ChildObject, as role: ChildRole) -> News {
        var metadata = old.metadata
        metadata.resourceVersion = self.metadata.resourceVersion
        guard metadata == self.metadata, spec == old.spec else { return .substance }
        guard status != old.status else { return .none }
        switch role {
        case .deployment:
            do {
                let before = DeploymentState(try old.observed(as: .deployments))
                return DeploymentState(try observed(as: .deployments)).turned(from: before) ? .substance : .progress
            } catch {
                return .substance
            }
        case .ingress: return .substance
        case .service, .autoscaler, .disruptionBudget: return .none
        }
    }

    /// Of an Ingress of ours: whether it has what a WebServer asks for. What cannot be read has nothing.
    func serves(_ webServer: WebServer, controllers: IngressControllers) -> Bool {
        guard !spec.isEmpty, metadata.controller?.uid == webServer.uid else { return false }
        do {
            let spec = try JSONValue(parsing: spec)
            return webServer.isServed(by: spec, annotations: metadata.annotations, controllers: controllers)
        } catch {
            return false
        }
    }
}
