import CoreMetrics
import KubeClient
import KubeModel
import KubeRuntime
import Logging

/// Makes reflectors that differ only in their kind.
struct ReflectorFeed {
    let client: KubeClient
    /// The namespace to look at; `nil` for all.
    let namespace: String?
    let options: ReflectorOptions
    let time: TimeSource
    let metrics: any MetricsFactory
    let logger: Logger

    func reflector<Object: WireObject>(
        _ resource: APIResource,
        into store: Store<Object>,
        matching selector: LabelSelector? = nil
    ) -> any KindReflecting {
        Reflector(
            name: resource.description,
            source: KubeListWatch<Object>(
                client: client,
                resource: resource,
                namespace: resource.isNamespaced ? namespace : nil,
                labelSelector: selector
            ),
            store: store,
            options: options,
            time: time,
            metrics: ReflectorMetrics(resource: resource.description, factory: metrics),
            logger: logger
        )
    }
}
