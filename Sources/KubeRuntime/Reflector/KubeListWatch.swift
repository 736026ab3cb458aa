import KubeClient
import KubeModel

/// The objects of one kind on an API server, or those of a namespace or with certain labels.
package struct KubeListWatch<Object: WireObject>: ListWatching {
    package var client: KubeClient
    package var resource: APIResource
    /// `nil` for all namespaces.
    package var namespace: String?
    package var labelSelector: LabelSelector?
    package var fieldSelector: String?

    package init(
        client: KubeClient,
        resource: APIResource,
        namespace: String? = nil,
        labelSelector: LabelSelector? = nil,
        fieldSelector: String? = nil
    ) {
        self.client = client
        self.resource = resource
        self.namespace = namespace
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
    }

    package func list(
        _ request: ReflectorList,
        onItem: (Result<Object, ObjectDecodingError>) -> Void
    ) async throws -> ListEnd {
        var options = request.options
        options.namespace = namespace
        options.labelSelector = labelSelector
        options.fieldSelector = fieldSelector
        return try await client.list(resource, as: Object.self, options: options, onItem: onItem)
    }

    package func watch(_ request: ReflectorWatch) async throws(KubeError) -> WatchStream<Object> {
        var options = request.options
        options.namespace = namespace
        options.labelSelector = labelSelector
        options.fieldSelector = fieldSelector
        return try await client.watch(resource, as: Object.self, options: options)
    }
}

extension ReflectorList {
    /// The request as the API has it. A page after the first one has its version in its token, and servers refuse another.
    package var options: ListOptions {
        var options = ListOptions(limit: limit, continueToken: continueToken)
        guard isFirstPage else { return options }
        switch version {
        case .newest: break
        case .any: options.resourceVersion = "0"
        case .notOlderThan(let version):
            options.resourceVersion = version.description
            options.resourceVersionMatch = .notOlderThan
        }
        return options
    }
}

extension ReflectorWatch {
    package var options: WatchOptions {
        WatchOptions(
            resourceVersion: version?.description,
            timeoutSeconds: timeoutSeconds,
            sendInitialEvents: sendInitialEvents
        )
    }
}
