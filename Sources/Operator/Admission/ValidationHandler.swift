import JSON
import KubeAdmission
import KubeModel
import KubeRuntime
import SwiftletAPI
import WebServers

/// Answers the API server's question about an object of our own kinds: whether it may be stored, and what its author should know.
///
/// Decides by the stores alone and writes nothing, so that a dry run is like any other request. What is wrong with an object by itself is
/// told at once; while what it would meet in the cluster is not known yet, it throws, and the webhook's failure policy decides.
struct ValidationHandler: Sendable {
    /// `nil` where no WebServers are looked after.
    var webServers: WebServerStores?
    /// `nil` where there is no mesh.
    var mesh: MeshLints?
    /// Those that are looked after; empty for all.
    var namespaces: [String] = []

    /// - Throws: ``NotReady``.
    func respond(to request: AdmissionRequest) throws -> AdmissionResponse {
        guard request.operation == .create || request.operation == .update, request.subresource == nil,
            let object = request.object, object[path: "metadata", "deletionTimestamp"] == nil,
            Self.changes(object, from: request.oldObject)
        else { return .allowed() }
        do {
            switch (request.groupVersion.group, request.plural) {
            case (WebServer.resource.group, WebServer.resource.plural):
                guard let webServers, namespaces.isEmpty || namespaces.contains(request.namespace) else {
                    return .allowed()
                }
                return try answer(
                    webServers,
                    try WebServer(object),
                    Self.old(request) { try WebServer($0) },
                    request
                )
            case (Mesh.resource.group, Mesh.resource.plural):
                let verdict = MeshReview(mesh: try Mesh(object), old: Self.old(request) { try Mesh($0) }).verdict
                return verdict.response(about: Self.subject(request))
            case (TrafficRoute.resource.group, TrafficRoute.resource.plural):
                return try answer(try TrafficRoute(object), Self.old(request) { try TrafficRoute($0) }, request)
            default:
                return .allowed()
            }
        } catch let error as ObjectError {
            let cause = AdmissionResponse.Cause(field: "\(error.path)", message: error.message)
            return .invalid(Self.subject(request), [cause])
        }
    }

    /// What would have to be known.
    struct NotReady: AdmissionObstacle {
        var resource: APIResource
        var description: String { "\(resource) have not been listed yet" }
    }

    // MARK: - Kinds

    private func answer(
        _ stores: WebServerStores,
        _ webServer: WebServer,
        _ old: WebServer?,
        _ request: AdmissionRequest
    ) throws -> AdmissionResponse {
        let alone = WebServerReview(
            webServer: webServer,
            old: old,
            surroundings: .init(),
            oldSurroundings: .init(),
            allowedAnnotations: stores.allowedAnnotations
        ).verdict
        guard alone.errors.isEmpty else { return alone.response(about: Self.subject(request)) }
        for (isFilled, resource) in [
            (stores.webServers.isFilled, WebServer.resource), (stores.claims.isFilled, .persistentVolumeClaims),
        ] where !isFilled {
            throw NotReady(resource: resource)
        }
        let verdict = WebServerReview(
            webServer: webServer,
            old: old,
            surroundings: stores.surroundings(of: webServer, isNew: old == nil),
            oldSurroundings: old.map { stores.surroundings(of: $0, isNew: false) } ?? .init(),
            allowedAnnotations: stores.allowedAnnotations
        ).verdict
        return verdict.response(about: Self.subject(request))
    }

    private func answer(
        _ route: TrafficRoute,
        _ old: TrafficRoute?,
        _ request: AdmissionRequest
    ) throws -> AdmissionResponse {
        let alone = TrafficRouteReview(route: route, old: old, lints: []).verdict
        // One that decides nothing has nothing else to be warned of.
        guard alone.errors.isEmpty, !route.validate().hasErrors, let mesh else {
            return alone.response(about: Self.subject(request))
        }
        let verdict = TrafficRouteReview(route: route, old: old, lints: try mesh.lints(of: route)).verdict
        return verdict.response(about: Self.subject(request))
    }

    // MARK: - Requests

    /// Labels, annotations, finalizers and owners are anybody's to edit, whatever the rest is like.
    private static func changes(_ object: JSONValue, from old: JSONValue?) -> Bool {
        guard let old else { return true }
        return ["spec", "mesh"].contains { object[$0] != old[$0] }
    }

    /// What is stored; `nil` also for what cannot be read any more, which is no measure for anything.
    private static func old<Object>(_ request: AdmissionRequest, _ read: (JSONValue) throws -> Object) -> Object? {
        guard let value = request.oldObject else { return nil }
        do {
            return try read(value)
        } catch {
            return nil
        }
    }

    private static func subject(_ request: AdmissionRequest) -> AdmissionResponse.Subject {
        let name = request.name.isEmpty ? request.object?[path: "metadata", "name"]?.stringValue ?? "" : request.name
        return AdmissionResponse.Subject(group: request.kind.group, kind: request.kind.kind, name: name)
    }
}

extension WebServerStores {
    /// - Parameter isNew: whether there is nothing of it yet.
    fileprivate func surroundings(of webServer: WebServer, isNew: Bool) -> WebServerReview.Surroundings {
        var result = WebServerReview.Surroundings()
        result.rivals = rivals(of: webServer).map(\.webServer).filter { !$0.metadata.isBeingDeleted }.map(\.key)
        let namespace = webServer.metadata.namespace
        if let volume = webServer.spec.persistentVolumeClaim {
            result.claim = claims.get(ObjectKey(namespace: namespace, name: volume.name))?.claim
            result.claimSharers = webServers.keys(index: Index.claim, value: Self.value(namespace, volume.name))
                .filter { $0 != webServer.key }.map(\.name)
        }
        guard isNew else { return result }
        for (role, store) in children {
            guard let resource = role.resource(in: served), let object = store.get(webServer.key),
                !object.isOfWebServer(named: webServer.metadata.name),
                role == .deployment || role == .service || (role == .ingress && webServer.spec.ingress != nil)
            else { continue }
            result.strangers.append(ObjectIdentity(groupKind: resource.groupKind, key: webServer.key))
        }
        return result
    }
}
