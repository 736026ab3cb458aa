import KubeModel

/// The TCP ports of a pod, found by number or name, and which of its containers are ready. Made once for a pod, however many Services have it.
struct PodPorts {
    struct Target: Hashable {
        let number: UInt16
        /// Of the port that the container declares; empty if it has none.
        let name: String
        /// The container that declares it, if one does.
        let container: String?
    }

    private var byNumber: [UInt16: Target] = [:]
    private var byName: [String: Target] = [:]
    private let canBeReady: Bool
    private var notReady: Set<String> = []

    init(of pod: Pod) {
        for port in pod.ports where port.portProtocol == .tcp {
            let target = Target(number: port.number, name: port.name, container: port.container)
            // The first that is declared counts.
            if byNumber[port.number] == nil { byNumber[port.number] = target }
            if byName[port.name] == nil { byName[port.name] = target }
        }
        for container in pod.containers where !container.isReady && !container.isInit {
            notReady.insert(container.name)
        }
        let isSidecarReady = pod.containers.allSatisfy { $0.isReady || $0.name != MeshMarks.sidecar }
        canBeReady = pod.deletionTimestamp == nil && isSidecarReady
    }

    /// The port that a Service's TCP port stands for here; `nil` for a name that no container declares.
    func target(of port: KubeService.Port) -> Target? {
        switch port.target {
        // Declaring a port is for information only: a container may listen on any.
        case .number(let number): byNumber[number] ?? Target(number: number, name: "", container: nil)
        case .name(let name): byName[name]
        }
    }

    /// Whether traffic to a container may come: it and the sidecar are ready as far as is known, and the pod is there to stay.
    func isReady(container name: String?) -> Bool { canBeReady && name.map { !notReady.contains($0) } ?? true }
}
