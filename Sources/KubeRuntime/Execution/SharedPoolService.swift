import ServiceLifecycle

/// Runs a service on the pool that all tasks share, whatever executor its group prefers.
struct SharedPoolService: Service {
    let service: any Service

    func run() async throws {
        try await withTaskExecutorPreference(globalConcurrentExecutor) { try await service.run() }
    }
}
