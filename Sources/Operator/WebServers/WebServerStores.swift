import JSON
import KubeModel
import KubeRuntime
import SwiftletAPI
import WebServers

/// Everything that WebServers depend on, as it was last seen.
struct WebServerStores: Sendable {
    /// Names of the indexes over the WebServers.
    enum Index {
        static let claim = "claim"
        static let ingressClass = "ingressClass"
        static let configMap = "configMap"
        static let secret = "secret"
        static let ingressHost = "ingressHost"
        /// The wildcards that cover the host.
        static let coveringWildcard = "coveringWildcard"
    }

    /// Name of the index over the pods.
    static let podsByWebServer = "webServer"

    let webServers: Store<WebServer>
    let children: [ChildRole: Store<ChildObject>]
    let claims: Store<ClaimObject>
    let pods: Store<PodObject>
    let configMaps: Store<ConfigObject>
    let secrets: Store<ConfigObject>
    let ingressClasses = Store<IngressClassObject>()
    let served: ServedKinds
    /// The annotations that Ingresses may have.
    let allowedAnnotations: IngressAnnotations

    /// - Parameter namespaces: those that are listed each on its own; empty when all is listed at once.
    init(served: ServedKinds, namespaces: [String] = [], allowedAnnotations: IngressAnnotations = .standard) {
        self.served = served
        self.allowedAnnotations = allowedAnnotations
        claims = Store(namespaces: namespaces)
        configMaps = Store(namespaces: namespaces)
        secrets = Store(namespaces: namespaces)
        let webServerIndexes: [StoreIndex<WebServer>] = [
            StoreIndex(name: Index.claim) { webServer in
                (webServer.spec.persistentVolumeClaim?.name).map { [Self.value(webServer.metadata.namespace, $0)] }
                    ?? []
            },
            StoreIndex(name: Index.ingressClass) { Array($0.spec.ingress?.classNames ?? []) },
            StoreIndex(name: Index.configMap) { webServer in
                webServer.spec.configFrom.compactMap(\.configMap).map {
                    Self.value(webServer.metadata.namespace, $0.name)
                }
            },
            StoreIndex(name: Index.secret) { webServer in
                webServer.spec.configFrom.compactMap(\.secret).map { Self.value(webServer.metadata.namespace, $0.name) }
            },
            StoreIndex(name: Index.ingressHost) { webServer in webServer.ingressPlace.map { [$0.host] } ?? [] },
            StoreIndex(name: Index.coveringWildcard) { $0.ingressPlace?.coveringWildcards ?? [] },
        ]
        webServers = Store(indexes: webServerIndexes, namespaces: namespaces)
        let byWebServer = StoreIndex<PodObject>(name: Self.podsByWebServer) {
            $0.instance.isEmpty ? [] : [Self.value($0.key.namespace, $0.instance)]
        }
        pods = Store(indexes: [byWebServer], namespaces: namespaces)
        children = Dictionary(
            uniqueKeysWithValues: ChildRole.allCases.filter { $0.resource(in: served) != nil }
                .map { ($0, Store(namespaces: namespaces)) }
        )
    }

    /// The value of an index that names an object of a namespace.
    static func value(_ namespace: String, _ name: String) -> String { "\(namespace)/\(name)" }

    /// Kinds without which nothing can be decided about a WebServer, and that have not been read yet; empty when all have.
    func unreadKinds(for webServer: WebServer) -> [APIResource] {
        let namespace = webServer.metadata.namespace
        let sources = webServer.spec.configFrom.compactMap(\.key)
        var unread: [APIResource] = []
        // Several namespaces do not wait for each other.
        for (role, store) in children where !store.isFilled(in: namespace) {
            if let resource = role.resource(in: served) { unread.append(resource) }
        }
        if !claims.isFilled(in: namespace) { unread.append(.persistentVolumeClaims) }
        if !configMaps.isFilled(in: namespace), sources.contains(where: { $0.resource == .configMaps }) {
            unread.append(.configMaps)
        }
        if !secrets.isFilled(in: namespace), sources.contains(where: { $0.resource == .secrets }) {
            unread.append(.secrets)
        }
        return unread
    }

    /// Which versions ``observation(of:)`` would look at now.
    func versions(for webServer: WebServer) -> ObservedVersions {
        let namespace = webServer.metadata.namespace
        let claim = webServer.spec.persistentVolumeClaim.map { ObjectKey(namespace: namespace, name: $0.name) }
        let ingressClass = webServer.spec.ingress?.ingressClass.map { ObjectKey(namespace: "", name: $0) }
        return ObservedVersions(
            uid: webServer.uid,
            generation: webServer.metadata.generation,
            status: webServer.status,
            children: ChildRole.allCases.map { children[$0]?.get(webServer.key)?.resourceVersion },
            claim: claim.flatMap(claims.get)?.resourceVersion,
            trouble: PodTrouble(in: pods(of: webServer.key).map(\.pod)),
            hasIngressClass: ingressClasses.isFilled ? ingressClass.map { ingressClasses.get($0) != nil } : nil,
            ingressHolder: ingressHolder(for: webServer),
            configuration: webServer.spec.configFrom.compactMap(\.key).map { digest(of: $0, in: namespace) }
        )
    }

    private func digest(of key: ConfigKey, in namespace: String) -> String? {
        let object = ObjectKey(namespace: namespace, name: key.name)
        return switch key {
        case .configMap: configMaps.get(object)?.digest
        case .secret: secrets.get(object)?.digest
        }
    }

    /// What is known about one WebServer's surroundings.
    ///
    /// - Throws: ``JSONError`` when a stored child is malformed.
    func observation(of webServer: WebServer) throws(JSONError) -> WebServerObservation {
        var observation = WebServerObservation()
        let namespace = webServer.metadata.namespace
        observation.served = served
        observation.allowedAnnotations = allowedAnnotations
        for (role, store) in children {
            guard let resource = role.resource(in: served), let child = store.get(webServer.key) else { continue }
            observation.children[role] = try child.observed(as: resource)
        }
        if let section = webServer.spec.persistentVolumeClaim {
            observation.claim = claims.get(ObjectKey(namespace: namespace, name: section.name))?.claim
        }
        if ingressClasses.isFilled {
            observation.ingressClasses = .known(Set(ingressClasses.all().map(\.key.name)))
        }
        observation.ingressHolder = ingressHolder(for: webServer)
        for key in webServer.spec.configFrom.compactMap(\.key) {
            observation.configDigests[key] = digest(of: key, in: namespace)
        }
        observation.pods = pods(of: webServer.key).map(\.pod)
        return observation
    }

    /// The pods with the label of a WebServer.
    private func pods(of webServer: ObjectKey) -> [PodObject] {
        pods.byIndex(Self.podsByWebServer, value: Self.value(webServer.namespace, webServer.name))
    }

    /// The WebServers for which a change of a pod means another trouble than before, or none any more. Of pods nothing else is looked at: those of a
    /// rollout come and go without a word.
    func troubled(by change: StoreChange<PodObject>) -> [ObjectKey] {
        var isThere = true
        if case .deleted = change { isThere = false }
        let old = change.old
        let before = old.flatMap { PodTrouble(of: $0.pod) }
        let after = isThere ? PodTrouble(of: change.object.pod) : nil
        guard before != nil || after != nil else { return [] }
        // Of both when the label moves. A WebServer that is not there yet comes with its own change.
        let instances = Set([old?.instance, change.object.instance].compactMap(\.self))
        return instances.map { ObjectKey(namespace: change.key.namespace, name: $0) }.sorted().filter { key in
            guard webServers.get(key) != nil else { return false }
            let pods = pods(of: key)
            var earlier = pods.filter { $0.key != change.key }
            if let old, old.instance == key.name { earlier.append(old) }
            return PodTrouble(in: pods.map(\.pod)) != PodTrouble(in: earlier.map(\.pod))
        }
    }
}
