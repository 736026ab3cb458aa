import JSON
import KubeModel

/// The requests and limits of a container that injection adds; `nil` for none.
package struct SidecarResources: Hashable, Sendable {
    package var cpuRequest: String?
    package var cpuLimit: String?
    package var memoryRequest: String?
    package var memoryLimit: String?

    /// Kuma's: there is no CPU limit, since throttling a proxy slows every request.
    package init(
        cpuRequest: String? = "50m",
        cpuLimit: String? = nil,
        memoryRequest: String? = "64Mi",
        memoryLimit: String? = "512Mi"
    ) {
        self.cpuRequest = cpuRequest
        self.cpuLimit = cpuLimit
        self.memoryRequest = memoryRequest
        self.memoryLimit = memoryLimit
    }

    /// The init container's: requests are the limits, so that no ratio of a LimitRange is exceeded and a pod can have the QoS class
    /// Guaranteed, and there are limits for quotas to count. It runs alone before the other containers, so that what it requests costs a
    /// pod nothing whose containers request as much.
    package static let initContainer = SidecarResources(
        cpuRequest: "100m",
        cpuLimit: "100m",
        memoryRequest: "64Mi",
        memoryLimit: "64Mi"
    )

    /// These, with what a pod's annotations change.
    ///
    /// - Parameter followsLone: of a request and a limit that contradict each other the one that no annotation sets becomes the other.
    ///   Without it they are refused: which of the two is meant cannot be guessed.
    func adjusted(
        by metadata: MetadataReader,
        keys: ResourceKeys,
        followsLone: Bool = false
    ) throws(InjectionError) -> SidecarResources {
        var result = self
        result.cpuRequest = try metadata.annotation(keys.cpuRequest, Self.quantity) ?? cpuRequest
        result.cpuLimit = try metadata.annotation(keys.cpuLimit, Self.quantity) ?? cpuLimit
        result.memoryRequest = try metadata.annotation(keys.memoryRequest, Self.quantity) ?? memoryRequest
        result.memoryLimit = try metadata.annotation(keys.memoryLimit, Self.quantity) ?? memoryLimit
        if followsLone {
            let given = metadata.annotations
            let (cpu, memory) = (given[keys.cpuLimit] != nil, given[keys.memoryLimit] != nil)
            if cpu, given[keys.cpuRequest] == nil {
                result.cpuRequest = Self.lesser(result.cpuRequest, result.cpuLimit)
            }
            if !cpu, given[keys.cpuRequest] != nil {
                result.cpuLimit = Self.greater(result.cpuRequest, result.cpuLimit)
            }
            if memory, given[keys.memoryRequest] == nil {
                result.memoryRequest = Self.lesser(result.memoryRequest, result.memoryLimit)
            }
            if !memory, given[keys.memoryRequest] != nil {
                result.memoryLimit = Self.greater(result.memoryRequest, result.memoryLimit)
            }
        }
        let pairs = [
            (keys.cpuRequest, result.cpuRequest, keys.cpuLimit, result.cpuLimit),
            (keys.memoryRequest, result.memoryRequest, keys.memoryLimit, result.memoryLimit),
        ]
        for (requestKey, request, limitKey, limit) in pairs {
            guard let request, let limit, let most = Quantity(limit), let least = Quantity(request), least > most
            else { continue }
            let key = metadata.annotations[requestKey] == nil ? limitKey : requestKey
            throw InjectionError(
                .invalidSetting,
                object: metadata.object,
                path: metadata.path.appending(key: "annotations").appending(key: key),
                "the request \(request) is above the limit \(limit): set \(key == limitKey ? requestKey : limitKey) too"
            )
        }
        return result
    }

    /// The request, or the limit where it is above that.
    private static func lesser(_ request: String?, _ limit: String?) -> String? {
        guard let request, let limit, let least = Quantity(request), let most = Quantity(limit) else { return request }
        return least > most ? limit : request
    }

    /// The limit, or the request where that is above it.
    private static func greater(_ request: String?, _ limit: String?) -> String? {
        guard let request, let limit, let least = Quantity(request), let most = Quantity(limit) else { return limit }
        return least > most ? request : limit
    }

    /// - Parameter storage: of the node's disk, for logs and scratch files: a request and a limit.
    func json(storage: (request: String, limit: String) = ("50M", "1G")) -> JSONValue {
        [
            "requests": .compact([
                "cpu": cpuRequest.map(JSONValue.string),
                "memory": memoryRequest.map(JSONValue.string),
                "ephemeral-storage": .string(storage.request),
            ]),
            "limits": .compact([
                "cpu": cpuLimit.map(JSONValue.string),
                "memory": memoryLimit.map(JSONValue.string),
                "ephemeral-storage": .string(storage.limit),
            ]),
        ]
    }

    private static func quantity(_ text: String) throws(SettingProblem) -> String {
        guard let quantity = Quantity(text), quantity.nanos > 0 else {
            throw SettingProblem(text, use: "an amount above zero, such as 100m or 128Mi")
        }
        return text
    }
}
