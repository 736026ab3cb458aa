import Testing

/// For tests that block: each runs on a thread of its own, and keeps no other test's tasks waiting.
package struct BlockingTrait: SuiteTrait, TestTrait, TestScoping {
    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let thread = OwnThread()
        defer { thread.end() }
        try await withTaskExecutorPreference(thread) { try await function() }
    }
}

extension Trait where Self == BlockingTrait {
    /// It waits for programs, or for what others send, without giving its thread back.
    package static var blocking: Self { Self() }
}
