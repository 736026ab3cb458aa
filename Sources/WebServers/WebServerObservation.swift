import JSON
import KubeModel
import SwiftletAPI

/// What was seen of everything that one WebServer depends on.
package struct WebServerObservation: Sendable {
    /// Objects of the children's kinds that bear the WebServer's name, whoever owns them.
    package var children: [ChildRole: ObservedObject] = [:]
    /// The claim that the spec names.
    package var claim: ObservedClaim?
    package var pods: [ObservedPod] = []
    package var ingressClasses: IngressClasses = .unknown
    /// Digests of the ConfigMaps and Secrets that the spec names; those that do not exist are missing.
    package var configDigests: [ConfigKey: String] = [:]
    package var served: ServedKinds = .current
    /// The annotations that Ingresses may have.
    package var allowedAnnotations: IngressAnnotations = .standard
    /// Another WebServer that has the place of this one's Ingress, see ``IngressClaim``.
    package var ingressHolder: ObjectKey?

    package init() {}
}

/// One object as the reconciler needs it.
package struct ObservedObject: Sendable {
    package var metadata: ObjectMeta
    /// Metadata (labels, annotations, owners) and everything but the status.
    package var object: DynamicObject
    package var status: JSONValue
    /// The digest of an intent whose apply led to this very version of the object, or left it as it was.
    /// A server may write a value in a way that we do not recognise as equal; this keeps us from applying it for ever.
    package var settledDigest: String?

    package init(metadata: ObjectMeta, object: DynamicObject, status: JSONValue) {
        self.metadata = metadata
        self.object = object
        self.status = status
    }

    /// - Throws: ``JSONError`` when the metadata is malformed.
    package init(_ object: DynamicObject) throws(JSONError) {
        self.init(metadata: try object.metadata(), object: object, status: object.value["status"] ?? [:])
    }
}

/// A PersistentVolumeClaim.
package struct ObservedClaim: Hashable, Sendable {
    /// `Pending`, `Bound` or `Lost`.
    package var phase: String
    package var accessModes: [String]
    package var storageClass: String?

    package init(phase: String, accessModes: [String], storageClass: String?) {
        self.phase = phase
        self.accessModes = accessModes
        self.storageClass = storageClass
    }

    package init(_ object: DynamicObject) {
        self.init(
            phase: object.value[path: "status", "phase"]?.stringValue ?? "Pending",
            accessModes: object.value[path: "spec", "accessModes"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            storageClass: object.value[path: "spec", "storageClassName"]?.stringValue
        )
    }
}

/// Which ingress classes there are.
package enum IngressClasses: Hashable, Sendable {
    /// The server does not serve them, or they cannot be read.
    case unknown
    case known(Set<String>)
}

/// Names one ConfigMap or Secret of a WebServer's namespace.
package enum ConfigKey: Hashable, Sendable {
    case configMap(String)
    case secret(String)

    package var resource: APIResource {
        switch self {
        case .configMap: .configMaps
        case .secret: .secrets
        }
    }

    package var name: String {
        switch self {
        case .configMap(let name), .secret(let name): name
        }
    }

    package var description: String { "\(resource.kind) \"\(name)\"" }
}

extension ConfigSource {
    /// The object that this entry names; `nil` when it names none or two, which validation refuses.
    package var key: ConfigKey? {
        switch (configMap, secret) {
        case (let reference?, nil): .configMap(reference.name)
        case (nil, let reference?): .secret(reference.name)
        default: nil
        }
    }

    package var reference: ConfigReference? { configMap ?? secret }
}

/// A pod, as far as it explains why a web server is not available.
package struct ObservedPod: Hashable, Sendable {
    package struct Container: Hashable, Sendable {
        package var name: String
        /// `ImagePullBackOff`, `CrashLoopBackOff`, …; `nil` unless waiting.
        package var waitingReason: String?
        package var waitingMessage: String?
        /// How it ended last: `Error`, `OOMKilled`, …
        package var terminatedReason: String?
        package var terminatedMessage: String?
        package var exitCode: Int64?
        package var restartCount: Int64

        package init(
            name: String,
            waitingReason: String? = nil,
            waitingMessage: String? = nil,
            terminatedReason: String? = nil,
            terminatedMessage: String? = nil,
            exitCode: Int64? = nil,
            restartCount: Int64 = 0
        ) {
            self.name = name
            self.waitingReason = waitingReason
            self.waitingMessage = waitingMessage
            self.terminatedReason = terminatedReason
            self.terminatedMessage = terminatedMessage
            self.exitCode = exitCode
            self.restartCount = restartCount
        }
    }

    package var name: String
    package var isReady: Bool
    package var isBeingDeleted: Bool
    /// Why the scheduler finds no node; `nil` when it does or has not said.
    package var unschedulable: String?
    package var containers: [Container]

    package init(
        name: String,
        isReady: Bool,
        isBeingDeleted: Bool = false,
        unschedulable: String? = nil,
        containers: [Container] = []
    ) {
        self.name = name
        self.isReady = isReady
        self.isBeingDeleted = isBeingDeleted
        self.unschedulable = unschedulable
        self.containers = containers
    }
}
