import KubeModel
import KubeRuntime
import SwiftletAPI
import WebServers

extension WebServerStores {
    /// The other WebServers from whom this one takes, or may take, requests.
    func rivals(of webServer: WebServer) -> [(webServer: WebServer, rivalry: IngressRivalry)] {
        guard let place = webServer.ingressPlace else { return [] }
        let others = ([place.host] + place.coveringWildcards).flatMap { host in
            webServers.byIndex(Index.ingressHost, value: host)
        }
        guard others.contains(where: { $0.key != webServer.key }) else { return [] }
        let controllers = ingressControllers
        return others.map { ($0, webServer.rivalry(with: $0, controllers: controllers)) }.filter { $0.1 != .none }
    }

    /// The one of them that has the place, if it is not this one's.
    func ingressHolder(for webServer: WebServer) -> ObjectKey? {
        let rivals = rivals(of: webServer)
        guard !rivals.isEmpty else { return nil }
        let controllers = ingressControllers
        let claims = rivals.compactMap { rival, rivalry -> (IngressClaim, IngressRivalry)? in
            let isInPlace = hasIngress(rival, controllers)
            // One that will never be served holds nothing up.
            let isServable =
                !rival.metadata.isBeingDeleted && !rival.spec.paused
                && !rival.validate(allowed: allowedAnnotations).hasErrors
            return isInPlace || isServable ? (IngressClaim(rival, isInPlace: isInPlace), rivalry) : nil
        }
        return IngressClaim(webServer, isInPlace: hasIngress(webServer, controllers)).holder(among: claims)
    }

    /// Those that may have to be looked at again when this one, or its Ingress, came or went.
    func sharersOfPlace(with webServer: WebServer?) -> [ObjectKey] {
        guard let webServer, let place = webServer.ingressPlace else { return [] }
        let sameHost = webServers.keys(index: Index.ingressHost, value: place.host)
        let below = webServers.keys(index: Index.coveringWildcard, value: place.host)
        return sameHost.union(below).filter { $0 != webServer.key }
    }

    /// Those that a change of an IngressClass concerns: who names it, and, when other Ingresses than before may be served by one controller,
    /// all that have a rival.
    func dependents(on change: StoreChange<IngressClassObject>) -> [ObjectKey] {
        let named = webServers.keys(index: Index.ingressClass, value: change.key.name)
        let old = change.old
        let new: IngressClassObject? = if case .deleted = change { nil } else { change.object }
        let isSame =
            (old?.isDefault ?? false, old?.controller ?? "") == (new?.isDefault ?? false, new?.controller ?? "")
        if isSame { return Array(named) }
        return Array(named.union(webServers.all().filter { !sharersOfPlace(with: $0).isEmpty }.map(\.key)))
    }

    /// What is known of the classes.
    private var ingressControllers: IngressControllers { IngressControllers(ingressClasses.all()) }

    /// Whether its own Ingress is at the place that it asks for.
    private func hasIngress(_ webServer: WebServer, _ controllers: IngressControllers) -> Bool {
        children[.ingress]?.get(webServer.key)?.serves(webServer, controllers: controllers) ?? false
    }
}

extension IngressControllers {
    init(_ classes: some Collection<IngressClassObject>) {
        let defaults = classes.filter(\.isDefault)
        self.init(
            byClass: Dictionary(
                classes.filter { !$0.controller.isEmpty }.map { ($0.key.name, $0.controller) },
                uniquingKeysWith: { $1 }
            ),
            // With several, which one it is depends on the version of the server.
            defaultClass: defaults.count == 1 ? defaults.first?.key.name : nil
        )
    }
}
