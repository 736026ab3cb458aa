import KubeModel

/// Who is behind the Services of a namespace that have no selector.
struct SliceTable: Sendable {
    /// What a slice says of the pods of one name.
    private struct Mention: Hashable, Sendable {
        let slice: String
        let uid: UID
    }

    private var slices: [String: EndpointSlice] = [:]
    /// By the name of a pod.
    private var byPod: [String: Set<Mention>] = [:]
    /// Names of slices, by the name of their Service.
    private var byService: [String: Set<String>] = [:]

    var isEmpty: Bool { slices.isEmpty }

    /// Puts a slice in the place of one of the same name; `nil` removes it.
    ///
    /// - Returns: names of the pods that it may matter to.
    mutating func put(_ slice: EndpointSlice?, name: String) -> Set<String> {
        let old = slices[name]
        guard old != slice else { return [] }
        for pod in old?.pods ?? [] {
            byPod[pod.name]?.remove(Mention(slice: name, uid: pod.uid))
            if byPod[pod.name]?.isEmpty == true { byPod[pod.name] = nil }
        }
        if let service = old?.service {
            byService[service]?.remove(name)
            if byService[service]?.isEmpty == true { byService[service] = nil }
        }
        for pod in slice?.pods ?? [] { byPod[pod.name, default: []].insert(Mention(slice: name, uid: pod.uid)) }
        if let slice { byService[slice.service, default: []].insert(name) }
        slices[name] = slice
        return Set((old?.pods ?? []).map(\.name)).union((slice?.pods ?? []).map(\.name))
    }

    /// Names of the Services that a pod is said to be behind.
    func services(of pod: Pod) -> Set<String> {
        var services: Set<String> = []
        for mention in byPod[pod.name] ?? [] where mention.uid == pod.uid {
            if let slice = slices[mention.slice] { services.insert(slice.service) }
        }
        return services
    }

    /// Names of the pods that are said to be behind a Service.
    func pods(of service: String) -> Set<String> {
        var pods: Set<String> = []
        for slice in (byService[service] ?? []).compactMap({ slices[$0] }) { pods.formUnion(slice.pods.map(\.name)) }
        return pods
    }
}
