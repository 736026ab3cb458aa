/// Handles that are set up for an endpoint, and their routes.
///
/// Endpoints come and go as certificates are renewed: those used last are kept.
struct HandlePool {
    private struct Entry {
        var route: Route
        var idle: [EasyHandle] = []
        var lastUse: UInt64
    }

    private let configuration: TransportConfiguration
    private let capacity: Int
    private var entries: [TransportEndpoint: Entry] = [:]
    private var uses: UInt64 = 0

    /// Keeps handles for at most `capacity` endpoints.
    init(configuration: TransportConfiguration, capacity: Int = 16) {
        self.configuration = configuration
        self.capacity = capacity
    }

    /// A handle for `endpoint`, with its route.
    ///
    /// - Throws: What is wrong with the endpoint.
    mutating func take(
        for endpoint: TransportEndpoint,
        share: UnsafeMutableRawPointer
    ) throws(TransportError) -> (EasyHandle, Route) {
        uses += 1
        if entries[endpoint] == nil {
            evict()
            entries[endpoint] = Entry(route: try Route(endpoint), lastUse: uses)
        }
        entries[endpoint]?.lastUse = uses
        if let handle = entries[endpoint]?.idle.popLast(), let route = entries[endpoint]?.route {
            return (handle, route)
        }
        let route = try Route(endpoint)
        let handle = try EasyHandle()
        handle.setCallbacks()
        handle.configure(for: route, configuration: configuration, share: share)
        return (handle, route)
    }

    /// Takes back a handle that is in no multi handle.
    mutating func give(back handle: EasyHandle, for endpoint: TransportEndpoint) {
        guard let count = entries[endpoint]?.idle.count, count < 2 * configuration.maximumConcurrentCalls else {
            return
        }
        entries[endpoint]?.idle.append(handle)
    }

    private mutating func evict() {
        guard entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else {
            return
        }
        entries[oldest.key] = nil
    }

    /// Frees the handles. They must be gone before what they share is.
    mutating func removeAll() {
        entries = [:]
    }
}
