import JSON
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import SwiftletAPI

/// Makes the Mesh `default` where there is none at all, so that a namespace only has to be enabled, as with Kuma.
///
/// It is made at the beginning of a term, and when the kind was taken away and installed again, with which all Meshes went. Somebody who deletes the
/// last Mesh means it, until another replica leads or the operator starts again.
struct DefaultMesh: Sendable {
    static let manager = "swiftlet"
    /// How long to wait for the watch to bring what was made; usually some milliseconds.
    private static let sight = Duration.seconds(5)

    let client: KubeClient
    let meshes: Store<Mesh>
    var backoff = BackoffPolicy(base: .seconds(1), cap: .seconds(30))
    let time: TimeSource
    let logger: Logger

    /// Sees to it until the task is cancelled.
    ///
    /// - Parameter kind: how Meshes are getting into the store.
    func keep(_ kind: ObservedValue<KindState>) async {
        while await kind.wait(until: nil, time: time, for: \.hasObjects) {
            await create()
            guard await kind.wait(until: nil, time: time, for: { $0.phase == .notInstalled }) else { return }
            logger.notice("the kind Mesh is not installed any more")
        }
    }

    /// Tries until it is answered. A refusal, such as for want of a permission, is logged and no reason to stop: whoever made no Mesh can
    /// make one.
    ///
    /// - Precondition: the store has been filled.
    func create() async {
        var random = SplitMix64(seed: .random(in: 0 ... .max))
        var failures = 0
        while meshes.count == 0, !Task.isCancelled {
            do throws(KubeError) {
                return try await createOnce()
            } catch {
                guard error.isRetryable, !error.isCancelled else {
                    if !error.isCancelled, !error.isNotLeading {
                        logger.error("the Mesh \(Mesh.defaultName) cannot be made", metadata: ["error": "\(error)"])
                    }
                    return
                }
                let wait = backoff.delay(previousFailures: failures, minimum: error.retryAfter, using: &random)
                failures += 1
                logger.warning(
                    "the Mesh \(Mesh.defaultName) cannot be made yet, trying again",
                    metadata: ["error": "\(error)", "wait": "\(wait)"]
                )
                do { try await time.sleep(until: time.now.advanced(by: wait)) } catch { return }
            }
        }
    }

    private func createOnce() async throws(KubeError) {
        do throws(KubeError) {
            let made = try await client.create(
                Mesh.resource,
                [
                    "apiVersion": .string(Mesh.resource.apiVersion), "kind": .string(Mesh.resource.kind),
                    "metadata": ["name": .string(Mesh.defaultName)], "spec": [:],
                ],
                options: WriteOptions(fieldManager: Self.manager)
            )
            logger.notice("there was no Mesh: made the Mesh \(Mesh.defaultName)")
            // What follows, such as the injector, is not to find it missing.
            if let version = made[path: "metadata", "resourceVersion"]?.stringValue.flatMap({ UInt64($0) }) {
                let deadline = time.now.advanced(by: Self.sight)
                _ = await meshes.waitUntilSeen(ResourceVersion(version), deadline: deadline, time: time)
            }
        } catch {
            // Another replica was faster.
            guard error.isAlreadyExists else { throw error }
        }
    }
}
