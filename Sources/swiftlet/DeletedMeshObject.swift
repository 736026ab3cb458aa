import ArgumentParser
import KubeModel
import SwiftletAPI

/// A Mesh or a TrafficRoute on the command line, as kubectl names it: `trafficroute/canary`.
struct DeletedMeshObject: ExpressibleByArgument {
    let identity: ObjectIdentity

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else { return nil }
        let kind = parts[0].lowercased()
        let known = [Mesh.resource, TrafficRoute.resource].first {
            [$0.kind.lowercased(), $0.plural, "\($0)"].contains(kind)
        }
        guard let known else { return nil }
        identity = ObjectIdentity(groupKind: known.groupKind, key: ObjectKey(namespace: "", name: parts[1]))
    }
}
