import JSON

/// Whether a ready pod is behind a Service, as the cluster tells it.
enum ServiceEndpoints {
    /// From its `discovery.k8s.io` EndpointSlices. An endpoint that does not say whether it is ready is.
    static func haveReadyAddress(inSlices slices: [JSONValue]) -> Bool {
        slices.flatMap { $0["endpoints"]?.arrayValue ?? [] }.contains { endpoint in
            endpoint["addresses"]?.arrayValue?.isEmpty == false && endpoint[path: "conditions", "ready"] != false
        }
    }

    /// From its `v1` Endpoints, of clusters that serve no slices.
    static func haveReadyAddress(inEndpoints endpoints: JSONValue) -> Bool {
        (endpoints["subsets"]?.arrayValue ?? []).contains { $0["addresses"]?.arrayValue?.isEmpty == false }
    }
}
