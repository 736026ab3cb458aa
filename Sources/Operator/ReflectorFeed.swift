import CoreMetrics
import KubeClient
import KubeModel
import KubeRuntime
import Logging

/// Makes reflectors that differ only in their kind.
struct ReflectorFeed {
    let client: KubeClient
    /// The namespaces to look at; empty for all.
    let namespaces: [String]
    let options: ReflectorOptions
    let time: TimeSource
    let metrics: any MetricsFactory
    let logger: Logger

    /// One for all, or for each namespace.
    func reflectors<Object: WireObject>(
        _ resource: APIResource,
        into store: Store<Object>,
        matching selector: LabelSelector? = nil
    ) -> [any KindReflecting] {
        let parts = parts(of: resource)
        guard !parts.isEmpty else {
            return [reflector(resource, into: store, matching: selector)]
        }
        return parts.map { reflector(resource, into: store, of: $0, matching: selector) }
    }

    /// The namespaces that are listed each on its own.
    private func parts(of resource: APIResource) -> [String] {
        resource.isNamespaced && namespaces.count > 1 ? namespaces : []
    }

    /// - Parameters:
    ///   - part: one of several namespaces, which then is in the name.
    ///   - use: put before the name where a kind is followed twice; metrics and readiness would not tell them apart.
    func reflector<Object: WireObject>(
        _ resource: APIResource,
        into store: Store<Object>,
        of part: String? = nil,
        for use: String? = nil,
        matching selector: LabelSelector? = nil
    ) -> any KindReflecting {
        let name = [use, resource.description, part].compactMap(\.self).joined(separator: "/")
        return Reflector(
            name: name,
            source: KubeListWatch<Object>(
                client: client,
                resource: resource,
                namespace: resource.isNamespaced ? part ?? namespaces.first : nil,
                labelSelector: selector
            ),
            store: store,
            namespace: part ?? "",
            options: options,
            time: time,
            metrics: ReflectorMetrics(resource: name, factory: metrics),
            logger: logger
        )
    }
}
