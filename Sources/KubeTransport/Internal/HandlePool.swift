/// Handles that are set up for an endpoint, and their routes.
///
/// Endpoints come and go as certificates are renewed: those used last are kept.
struct HandlePool {
    private final class Entry {
        let route: Route
        var idle: [EasyHandle] = []
        var lastUse: UInt64 = 0

        init(route: Route) {
            self.route = route
        }
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
        let entry = try entry(for: endpoint)
        uses += 1
        entry.lastUse = uses
        if let handle = entry.idle.popLast() {
            return (handle, entry.route)
        }
        let handle = try EasyHandle()
        handle.setCallbacks()
        handle.configure(for: entry.route, configuration: configuration, share: share)
        return (handle, entry.route)
    }

    /// Takes back a handle that is in no multi handle.
    func give(back handle: EasyHandle, for endpoint: TransportEndpoint) {
        guard let entry = entries[endpoint], entry.idle.count < 2 * configuration.maximumConcurrentCalls else { return }
        entry.idle.append(handle)
    }

    /// Frees the handles. They must be gone before what they share is.
    mutating func removeAll() {
        entries = [:]
    }

    private mutating func entry(for endpoint: TransportEndpoint) throws(TransportError) -> Entry {
        if let entry = entries[endpoint] {
            return entry
        }
        let entry = Entry(route: try Route(endpoint))
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            entries[oldest.key] = nil
        }
        entries[endpoint] = entry
        return entry
    }
}
