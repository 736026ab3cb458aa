import JSON
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import SwiftletAPI

/// Makes the Mesh `default` where there is none at all, so that a namespace only has to be enabled, as with Kuma.
///
/// It is made once: somebody who deletes the last Mesh means it, until the operator starts again.
struct DefaultMesh: Sendable {
    static let manager = "swiftlet"

    let client: KubeClient
    let meshes: Store<Mesh>
    let logger: Logger

    /// - Precondition: the store has been filled.
    func create() async throws {
        guard meshes.count == 0 else { return }
        do {
            _ = try await client.create(
                Mesh.resource,
                [
                    "apiVersion": .string(Mesh.resource.apiVersion), "kind": .string(Mesh.resource.kind),
                    "metadata": ["name": .string(Mesh.defaultName)], "spec": [:],
                ],
                options: WriteOptions(fieldManager: Self.manager)
            )
            logger.notice("there was no Mesh: made the Mesh \(Mesh.defaultName)")
        } catch  where error.isAlreadyExists {
            // Another replica was faster.
        }
    }
}
