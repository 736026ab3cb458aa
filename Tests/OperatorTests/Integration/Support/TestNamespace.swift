import JSON
import KubeClient
import KubeModel
import PollingSupport
import SwiftletAPI
import WebServers

/// A namespace of a test's own, as a person with kubectl sees it.
struct TestNamespace: Sendable {
    let client: KubeClient
    let name: String
    /// The optional kinds of this cluster.
    let served: ServedKinds

    /// Another namespace of the same cluster.
    func inNamespace(_ name: String) -> TestNamespace { TestNamespace(client: client, name: name, served: served) }

    func key(_ object: String) -> ObjectKey { ObjectKey(namespace: name, name: object) }

    /// - Parameter parts: the members of the object besides its type, name and namespace.
    @discardableResult
    func create(
        _ resource: APIResource,
        _ object: String,
        _ parts: JSONValue = [:],
        labels: [String: String] = [:]
    ) async throws -> DynamicObject {
        var value = parts
        value["apiVersion"] = .string(resource.apiVersion)
        value["kind"] = .string(resource.kind)
        value[path: "metadata", "name"] = .string(object)
        if resource.isNamespaced { value[path: "metadata", "namespace"] = .string(name) }
        if !labels.isEmpty { value[path: "metadata", "labels"] = .strings(labels) }
        return DynamicObject(try await client.create(resource, value))
    }

    @discardableResult
    func createWebServer(_ object: String = "web", _ spec: JSONValue = [:]) async throws -> DynamicObject {
        var spec = spec
        if spec["webServerImage"] == nil { spec["webServerImage"] = "nginx" }
        return try await create(WebServer.resource, object, ["spec": spec])
    }

    /// `nil` when there is none.
    func find(_ resource: APIResource, _ object: String = "web") async throws -> DynamicObject? {
        do {
            return DynamicObject(try await client.get(resource, key(object)))
        } catch  where error.isNotFound {
            return nil
        }
    }

    func get(_ resource: APIResource, _ object: String = "web") async throws -> DynamicObject {
        DynamicObject(try await client.get(resource, key(object)))
    }

    func list(_ resource: APIResource, matching selector: LabelSelector? = nil) async throws -> [DynamicObject] {
        var objects: [DynamicObject] = []
        let options = ListOptions(namespace: name, labelSelector: selector)
        _ = try await client.list(resource, as: DynamicObject.self, options: options) { objects.append(try $0.get()) }
        return objects
    }

    @discardableResult
    func patch(
        _ resource: APIResource,
        _ object: String = "web",
        _ change: JSONValue,
        subresource: String? = nil
    ) async throws -> DynamicObject {
        let options = WriteOptions(fieldManager: "somebody")
        let value = try await client.patch(
            resource,
            key(object),
            .merge(change),
            options: options,
            subresource: subresource
        )
        return DynamicObject(value)
    }

    @discardableResult
    func patchWebServer(_ object: String = "web", _ spec: JSONValue) async throws -> DynamicObject {
        try await patch(WebServer.resource, object, ["spec": spec])
    }

    func delete(_ resource: APIResource, _ object: String = "web") async throws {
        try await client.delete(resource, key(object), options: DeleteOptions(propagationPolicy: .background))
    }

    /// Waits until there is such an object.
    @discardableResult
    func untilThere(
        _ resource: APIResource,
        _ object: String = "web",
        where isMeant: (DynamicObject) -> Bool = { _ in true }
    ) async throws -> DynamicObject {
        try await eventually("there is \(resource) \(object) as wanted; \(story(object))") {
            guard let found = try await find(resource, object), isMeant(found) else { return nil }
            return found
        }
    }

    func untilGone(_ resource: APIResource, _ object: String = "web", within limit: Duration = .seconds(90))
        async throws
    {
        try await eventually("\(resource) \(object) is gone", within: limit) {
            try await find(resource, object) == nil
        }
    }

    /// What the WebServer says about itself, for failures.
    func story(_ object: String = "web") async -> String {
        do {
            let conditions = try await webServer(object).status?.conditions ?? []
            let lines = conditions.map { "\($0.type)=\($0.status.rawValue) \($0.reason): \($0.message)" }
            return "conditions of \(object): \(lines)"
        } catch {
            return "no conditions of \(object): \(error)"
        }
    }

    func webServer(_ object: String = "web") async throws -> WebServer {
        try WebServer(try await get(WebServer.resource, object).value)
    }
}
