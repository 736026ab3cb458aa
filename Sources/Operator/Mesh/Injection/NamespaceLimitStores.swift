import Injection
import KubeModel
import KubeRuntime

/// The LimitRanges and ResourceQuotas of the cluster, which may refuse pods for what injection adds to them. There are few of them.
struct NamespaceLimitStores: Sendable {
    let ranges = Store<LimitRange>()
    let quotas = Store<ResourceQuota>()

    /// What those of a namespace demand; takes time in proportion to all.
    func limits(of namespace: String) -> NamespaceLimits {
        NamespaceLimits(
            ranges: ranges.all().filter { $0.key.namespace == namespace }.sorted { $0.key < $1.key }
                .flatMap(\.containers),
            quotas: quotas.all().filter { $0.key.namespace == namespace && $0.countsAll }.sorted { $0.key < $1.key }
                .map { NamespaceLimits.Quota(name: $0.key.name, resources: $0.resources) }
        )
    }
}
