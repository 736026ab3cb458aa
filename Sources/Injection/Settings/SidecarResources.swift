import JSON
import KubeModel

/// The sidecar's requests and limits; `nil` for none.
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

    /// These, with what a pod's annotations change.
    ///
    /// A request that is above the default limit needs its limit set too: which of the two is meant cannot be guessed.
    func adjusted(by metadata: MetadataReader) throws(InjectionError) -> SidecarResources {
        var result = self
        result.cpuRequest = try metadata.annotation(MetadataKey.cpuRequest, Self.quantity) ?? cpuRequest
        result.cpuLimit = try metadata.annotation(MetadataKey.cpuLimit, Self.quantity) ?? cpuLimit
        result.memoryRequest = try metadata.annotation(MetadataKey.memoryRequest, Self.quantity) ?? memoryRequest
        result.memoryLimit = try metadata.annotation(MetadataKey.memoryLimit, Self.quantity) ?? memoryLimit
        let pairs = [
            (MetadataKey.cpuRequest, result.cpuRequest, MetadataKey.cpuLimit, result.cpuLimit),
            (MetadataKey.memoryRequest, result.memoryRequest, MetadataKey.memoryLimit, result.memoryLimit),
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

    var json: JSONValue {
        [
            "requests": .compact([
                "cpu": cpuRequest.map(JSONValue.string),
                "memory": memoryRequest.map(JSONValue.string),
                "ephemeral-storage": "50M",
            ]),
            "limits": .compact([
                "cpu": cpuLimit.map(JSONValue.string),
                "memory": memoryLimit.map(JSONValue.string),
                "ephemeral-storage": "1G",
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
