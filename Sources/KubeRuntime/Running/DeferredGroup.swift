import ServiceLifecycle

/// A run group whose parts are known only after something was found out, such as what the API server serves.
///
/// Is itself a part of a group, whose other parts run meanwhile, and ends with it: while the parts are found out by cancelling that, later
/// as every group ends.
package struct DeferredGroup: Service {
    private let assemble: @Sendable () async throws -> RuntimeGroup

    /// - Parameter assemble: finds out and puts together. Ends soon after it was cancelled; what it throws else ends the outer group.
    package init(assemble: @escaping @Sendable () async throws -> RuntimeGroup) { self.assemble = assemble }

    package func run() async throws {
        let assemble = assemble
        let group: RuntimeGroup
        do {
            group = try await cancelWhenGracefulShutdown { try await assemble() }
        } catch  where Task.isShuttingDownGracefully {
            return
        }
        try await group.run(signals: [])
    }
}
