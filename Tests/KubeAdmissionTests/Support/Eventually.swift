/// Waits until a condition holds, for at most so much real time.
func eventually(within limit: Duration = .seconds(240), _ condition: @Sendable () async -> Bool) async -> Bool {
    let deadline = ContinuousClock.now.advanced(by: limit)
    var polls = 0
    while ContinuousClock.now < deadline {
        if await condition() { return true }
        polls += 1
        // What only other tasks of the test must do is done after a few turns; what a server must do takes longer.
        if polls < 1000 {
            await Task.yield()
        } else {
            do { try await Task.sleep(for: .milliseconds(2)) } catch { return false }
        }
    }
    return await condition()
}
