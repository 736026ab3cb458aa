import KubeModel
import KubeRuntime
import SwiftletAPI
import WebServers

extension WebServerStores {
    /// The other WebServers that ask, or may ask, for the same host and path of the same ingress controller.
    func rivals(of webServer: WebServer) -> [(webServer: WebServer, rivalry: IngressRivalry)] {
        guard let place = webServer.ingressPlace else { return [] }
        let others = webServers.byIndex(Index.ingressPlace, value: "\(place)")
        guard others.contains(where: { $0.key != webServer.key }) else { return [] }
        let defaultClass = defaultIngressClass
        return others.map { ($0, $0.rivalry(with: webServer, defaultClass: defaultClass)) }
            .filter { $0.1 != .none }
    }

    /// The one of them that has the place, if it is not this one's.
    func ingressHolder(for webServer: WebServer) -> ObjectKey? {
        let rivals = rivals(of: webServer).compactMap { rival, rivalry -> (IngressClaim, IngressRivalry)? in
            let isInPlace = hasIngress(rival)
            // One that will never be served holds nothing up.
            let isServable = !rival.metadata.isBeingDeleted && !rival.spec.paused && !rival.validate().hasErrors
            return isInPlace || isServable ? (IngressClaim(rival, isInPlace: isInPlace), rivalry) : nil
        }
        guard !rivals.isEmpty else { return nil }
        return IngressClaim(webServer, isInPlace: hasIngress(webServer)).holder(among: rivals)
    }

    /// Those that may have to be looked at again when this one, or its Ingress, came or went.
    func sharersOfPlace(with webServer: WebServer?) -> [ObjectKey] {
        guard let webServer, let place = webServer.ingressPlace else { return [] }
        return webServers.keys(index: Index.ingressPlace, value: "\(place)").filter { $0 != webServer.key }
    }

    /// Those that a change of an IngressClass concerns: who names it, and, when it becomes the default or is it no more, all that have a rival.
    func dependents(on change: StoreChange<IngressClassObject>) -> [ObjectKey] {
        let named = webServers.keys(index: Index.ingressClass, value: change.key.name)
        let wasDefault = change.old?.isDefault ?? false
        let isDefault = if case .deleted = change { false } else { change.object.isDefault }
        guard wasDefault != isDefault else { return Array(named) }
        return Array(named.union(webServers.all().filter { !sharersOfPlace(with: $0).isEmpty }.map(\.key)))
    }

    /// The class of Ingresses that name none; `nil` when there is none, or it is not known.
    private var defaultIngressClass: String? {
        ingressClasses.all().filter(\.isDefault).map(\.key.name).min()
    }

    /// Whether its own Ingress is at the place that it asks for.
    private func hasIngress(_ webServer: WebServer) -> Bool {
        guard let child = children[.ingress]?.get(webServer.key), let place = webServer.ingressPlace,
            child.metadata.controller?.uid == webServer.uid
        else { return false }
        return child.ingressPlaces.contains(place)
    }
}
