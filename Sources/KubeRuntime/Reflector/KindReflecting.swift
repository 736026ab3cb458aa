import KubeModel

/// A reflector of whichever kind, as readiness, metrics and the run group see it.
package protocol KindReflecting: AnyObject, Sendable {
    /// The resource, such as `deployments.apps`.
    var name: String { get }
    var kindState: ObservedValue<KindState> { get }
    var objectCount: Int { get }
    /// The version up to which every change is in the store.
    var resourceVersion: ResourceVersion { get }

    /// Keeps the store up until the task is cancelled. To be called once.
    func run() async
}
