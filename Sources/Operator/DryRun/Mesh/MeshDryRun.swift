import Dataplanes
import JSON
import KubeClient
import KubeModel
import SwiftletAPI
import TrafficPolicy

/// Works out what the operator would tell proxies if some Meshes and TrafficRoutes were applied or deleted. Changes nothing.
package struct MeshDryRun: Sendable {
    private let state: any ClusterState
    private let served: ServedResources?
    private let server: KubeClient?
    private let options: DataplaneOptions
    private let envoy: EnvoyProgram?

    /// - Parameters:
    ///   - served: what the cluster serves; `nil` for files.
    ///   - server: asked, with `dryRun=All`, what it would store; `nil` leaves that to be worked out here.
    ///   - envoy: asked about what is new; `nil` for none.
    package init(
        state: any ClusterState,
        served: ServedResources? = nil,
        server: KubeClient? = nil,
        options: DataplaneOptions = DataplaneOptions(),
        envoy: EnvoyProgram? = nil
    ) {
        self.state = state
        self.served = served
        self.server = server
        self.options = options
        self.envoy = envoy
    }

    /// What would happen if the Meshes and TrafficRoutes among these were applied, and those named were deleted. Other objects of the
    /// manifests count as present.
    ///
    /// - Returns: `nil` when this is about no Mesh and no TrafficRoute.
    /// - Throws: ``ManifestError`` or ``KubeError``.
    package func report(on manifests: [Manifest], deleting deleted: [ObjectIdentity] = []) async throws -> MeshReport? {
        // Of two manifests for one object the later one counts.
        var manifestOf: [ObjectIdentity: Manifest] = [:]
        for manifest in manifests where CheckedMeshObject.isOne(manifest) {
            manifestOf[manifest.object.identity] = manifest
        }
        guard !manifestOf.isEmpty || !deleted.isEmpty else { return nil }
        var report = MeshReport()
        var edits: [MeshEdit] = []
        for manifest in manifestOf.values.sorted(by: { $0.object.order < $1.object.order }) {
            let checked = try CheckedMeshObject(manifest)
            report.warnings += checked.warnings
            edits.append(try await edit(manifest, checked.resource))
        }
        for identity in deleted { edits.append(try await deletion(of: identity)) }

        let others = manifests.filter { !CheckedMeshObject.isOne($0) }.map(\.object)
        let assumed = served == nil ? nil : try await AssumedWorkloads.missing(others, in: state)
        let present = others + (assumed?.objects ?? [])
        let layered = present.isEmpty ? state : LayeredState(ManifestState(present), over: state)
        var objects = try await MeshObjects.read(from: layered, served: served)
        if !edits.contains(where: { $0.resource == Mesh.resource }) { objects.assumeDefaultMesh() }
        report.notes = (assumed?.notes ?? []) + objects.notes

        let foresight = try MeshForesight(objects.world(options), changes: edits.map { try $0.input })
        report.changes = edits.compactMap(\.change)
        add(foresight, manifestOf, deleted, to: &report)
        if let note = objects.missingSidecarNote { report.notes.append(note) }
        report.verdict = try await verdict(foresight)
        return report
    }

    /// What is unwise in what is stored.
    ///
    /// - Throws: ``KubeError``.
    package func reportOnStored() async throws -> MeshReport? {
        var objects = try await MeshObjects.read(from: state, served: served)
        guard !objects.routes.isEmpty else { return nil }
        objects.assumeDefaultMesh()
        var report = MeshReport()
        report.warnings = try objects.world(options).lints.map { "TrafficRoute \($0.route): \($0.finding)" }
        return report
    }

    // MARK: - Objects

    private func edit(_ manifest: Manifest, _ resource: APIResource) async throws -> MeshEdit {
        let live = try await state.object(resource, manifest.object.key)
        var after = MeshEdit.applied(manifest.object, to: live)
        if let server {
            let options = WriteOptions(fieldManager: "swiftlet-reconcile", dryRun: true, fieldValidation: .strict)
            after = DynamicObject(
                live == nil
                    ? try await server.create(resource, after.value, options: options)
                    : try await server.update(resource, after.value, options: options)
            )
        }
        return MeshEdit(resource: resource, key: manifest.object.key, before: live, after: after)
    }

    private func deletion(of identity: ObjectIdentity) async throws -> MeshEdit {
        guard let resource = CheckedMeshObject.resources.first(where: { $0.groupKind == identity.groupKind }) else {
            throw ManifestError("\(identity) is neither a Mesh nor a TrafficRoute")
        }
        guard let live = try await state.object(resource, identity.key) else {
            throw ManifestError("\(resource.kind) \(identity.key) cannot be deleted: there is none")
        }
        return MeshEdit(resource: resource, key: identity.key, before: live, after: nil)
    }

    // MARK: - What follows

    private func add(
        _ foresight: MeshForesight,
        _ manifestOf: [ObjectIdentity: Manifest],
        _ deleted: [ObjectIdentity],
        to report: inout MeshReport
    ) {
        report.outbounds = foresight.outbounds
        report.resources = foresight.resources
        report.affectedProxies = foresight.affectedProxies
        report.proxies = foresight.after.index.dataplanes().count
        let routes = Set(manifestOf.keys.filter { $0.groupKind == TrafficRoute.resource.groupKind }.map(\.key.name))
        for lint in foresight.lints(of: routes) {
            let identity = ObjectIdentity(
                groupKind: TrafficRoute.resource.groupKind,
                key: ObjectKey(namespace: "", name: lint.route)
            )
            report.warnings.append(
                manifestOf[identity].map { "\($0.error(at: lint.finding.path, lint.finding.message))" }
                    ?? "TrafficRoute \(lint.route): \(lint.finding)"
            )
        }
    }

    private func verdict(_ foresight: MeshForesight) async throws -> EnvoyVerdict {
        guard !foresight.representatives.isEmpty else { return .notAsked("nothing is new for Envoy") }
        guard let envoy else {
            return .notAsked("there is no Envoy here: name one by --envoy or SWIFTLET_ENVOY, or put it on the PATH")
        }
        var answers: [EnvoyVerdict.Answer] = []
        for representative in foresight.representatives {
            let outcome = try await envoy.outcome(for: representative.snapshot)
            answers.append(.init(proxy: representative.proxy, mesh: representative.mesh, outcome: outcome))
        }
        return .asked(program: envoy.path, answers: answers, omitted: foresight.omittedRepresentatives)
    }
}

extension DynamicObject {
    /// Meshes first, as routes need them.
    fileprivate var order: String { "\(kind) \(name)" }
}
