import JSON
import KubeModel
import KubeRuntime
import PollingSupport
import SwiftletAPI
import Synchronization
import Testing

@testable import Operator

@Suite(.timeLimit(.minutes(20)))
struct DefaultMeshTests {
    private let meshes = Store<Mesh>()

    /// - Parameter answers: one after another, the last for all that follow.
    private func create(_ answers: [ScriptedAPI.Answer]) async throws -> [ScriptedAPI.Request] {
        let rest = Mutex(answers[...])
        return try await ScriptedAPI.serve({ _ in rest.withLock { $0.count > 1 ? $0.removeFirst() : $0[$0.startIndex] }
        }) {
            client,
            api in
            await DefaultMesh(
                client: client,
                meshes: meshes,
                backoff: BackoffPolicy(base: .milliseconds(1), cap: .milliseconds(1)),
                time: .system,
                logger: TestCluster.silent
            ).create()
            return api.requests
        }
    }

    @Test func itIsMadeWhereThereIsNone() async throws {
        let requests = try await create([.init(status: 201)])
        #expect(requests.map(\.line) == ["POST /apis/kuma.io/v1alpha1/meshes?fieldManager=swiftlet"])
        #expect(requests.first?.body[path: "metadata", "name"] == "default")
        #expect(requests.first?.body["kind"] == "Mesh")
    }

    /// Who is told that the Mesh is there must find it in the store.
    @Test func itIsWaitedForUntilTheWatchHasBroughtIt() async throws {
        let answer = ScriptedAPI.Answer(status: 201, body: ["metadata": ["name": "default", "resourceVersion": "7"]])
        let meshes = meshes
        let isDone = Flag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try await create([answer])
                isDone.set()
            }
            try await always("it waits", for: .milliseconds(300)) { !isDone.isSet }
            meshes.advance(to: ResourceVersion(7))
            try await group.waitForAll()
        }
    }

    @Test func whereThereIsOneNothingIsMade() async throws {
        meshes.put(MeshSample.mesh("mine"))
        #expect(try await create([.init(status: 201)]).isEmpty)
    }

    @Test func anotherReplicaMayBeFaster() async throws {
        #expect(try await create([.refusal(409, "AlreadyExists")]).count == 1)
    }

    @Test func aServerThatIsNotWellIsAskedAgain() async throws {
        let answers = [
            ScriptedAPI.Answer.refusal(503, "ServiceUnavailable"), .refusal(500, "InternalError"), .init(status: 201),
        ]
        #expect(try await create(answers).count == 3)
    }

    @Test func aRefusalIsTaken() async throws {
        #expect(try await create([.refusal(403, "Forbidden")]).count == 1)
    }

    /// With the kind all its objects went, and nobody meant the Mesh.
    @Test func itIsMadeAgainWhereTheKindWasTakenAwayAndInstalledAgain() async throws {
        let kind = ObservedValue(KindState(phase: .connecting, since: .now))
        func enter(_ phase: KindState.Phase) { kind.update { $0 = KindState(phase: phase, since: .now) } }
        try await ScriptedAPI.serve({ _ in .init(status: 201) }) { client, api in
            let mesh = DefaultMesh(client: client, meshes: meshes, time: .system, logger: TestCluster.silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await mesh.keep(kind) }
                try await always("it waits for the kind", for: .milliseconds(100)) { api.requests.isEmpty }
                enter(.synced)
                try await eventually("it is made") { api.requests.count == 1 }
                meshes.put(MeshSample.mesh())
                // A person deletes it, and means it; also while the server is away.
                meshes.delete(MeshSample.mesh(version: 2))
                enter(.stalled)
                enter(.synced)
                try await always("it is not made", for: .milliseconds(300)) { api.requests.count == 1 }
                enter(.notInstalled)
                try await always("there is no such kind", for: .milliseconds(100)) { api.requests.count == 1 }
                enter(.syncing)
                enter(.synced)
                try await eventually("it is made again") { api.requests.count == 2 }
                group.cancelAll()
            }
        }
    }
}
