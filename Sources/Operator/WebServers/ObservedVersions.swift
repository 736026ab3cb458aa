import KubeModel
import KubeRuntime
import SwiftletAPI
import Synchronization
import WebServers

/// Which versions of everything a WebServer depends on were looked at.
///
/// Planning is a pure function of these: what led to no write need not be planned again before one of them changes.
struct ObservedVersions: Hashable, Sendable {
    var uid: UID
    /// Counts changes of the spec. The resource version would not do: the version that a status write leads to may hold a new spec, too.
    var generation: Int64
    var status: WebServerStatus?
    /// In the order of the roles; `nil` for a child that is not there.
    var children: [ResourceVersion?]
    var claim: ResourceVersion?
    /// All that is looked at of pods.
    var trouble: PodTrouble?
    /// `nil` while ingress classes have not been read.
    var hasIngressClass: Bool?
    /// See ``WebServerObservation/ingressHolder``.
    var ingressHolder: ObjectKey?
    /// Digests in the order of `spec.configFrom`.
    var configuration: [String?]
}

/// Remembers for each WebServer the versions that were found to need no write, and the status that was written last.
final class ConvergedVersions: Sendable {
    private let versions = Mutex<[ObjectKey: ObservedVersions]>([:])
    private let statuses = Mutex<[ObjectKey: WebServerStatus]>([:])

    /// To be told before a status is written, which a watch may show before the server has answered.
    func writing(_ status: WebServerStatus, to key: ObjectKey) { statuses.withLock { $0[key] = status } }

    /// Whether a change of the WebServer is no more than the status that was written last.
    func isOwnStatus(_ old: WebServer, _ new: WebServer) -> Bool {
        var metadata = old.metadata
        metadata.resourceVersion = new.metadata.resourceVersion
        guard metadata == new.metadata, let status = new.status else { return false }
        return statuses.withLock { $0[new.key] == status }
    }

    func contains(_ observed: ObservedVersions, for key: ObjectKey) -> Bool {
        versions.withLock { $0[key] == observed }
    }

    func insert(_ observed: ObservedVersions, for key: ObjectKey) {
        versions.withLock { $0[key] = observed }
    }

    func remove(_ key: ObjectKey) {
        versions.withLock { versions in
            versions[key] = nil
            versions.giveBackRoom()
        }
        statuses.withLock { statuses in
            statuses[key] = nil
            statuses.giveBackRoom()
        }
    }
}
