import JSON

/// What injection does for one review, step by step: each element of the pod that is looked at is a step.
///
/// Everything that loops over a pod's parts takes steps, so that work ends soon after its task was cancelled, which is what a server does
/// when a request's deadline has passed or its client has gone.
package enum InjectionWork {
    /// Told of every step, for tests that hold the work against the size of a pod.
    @TaskLocal package static var observer: (@Sendable () -> Void)?
}

extension PodObject {
    /// - Throws: ``InjectionError`` with the reason ``InjectionReason/cancelled`` if the task was cancelled.
    func step() throws(InjectionError) {
        InjectionWork.observer?()
        guard !Task.isCancelled else {
            throw error(.cancelled, [], "the review has ended or passed its deadline")
        }
    }
}
