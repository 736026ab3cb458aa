import JSON
import KubeApply
import KubeClient
import KubeModel
import SwiftletAPI
import WebServers

@testable import Operator

/// One WebServer that is created and then changed several times, each time after it was predicted what would happen.
struct PredictedHistory {
    static let changes = 4

    let space: TestNamespace
    let seed: UInt64

    private var name: String { "web-\(seed)" }

    func run() async throws -> PredictionResult {
        var generator = SpecGenerator(seed: seed)
        var result = PredictionResult()
        var spec = generator.spec()
        try await step(to: spec, into: &result)
        for _ in 0..<Self.changes {
            spec = generator.changed(spec)
            try await step(to: spec, into: &result)
            result.pairs += 1
        }
        // Its pods would only be in the way of the others.
        try await space.delete(WebServer.resource, name)
        return result
    }

    private func step(to spec: JSONValue, into result: inout PredictionResult) async throws {
        let manifests = try manifests(spec)
        let present = state
        let before = try await objects(in: present)
        let server = try await reports(on: manifests, in: present, .server(dryRun))
        let local = try await reports(on: manifests, in: present, .local)
        _ = try await ReconcileOnce(state: present, prediction: .local, now: now)
            .perform(manifests, namespace: space.name, client: space.client)
        let changed = state
        let after = try await objects(in: changed)
        let predicted = outcome(of: server, on: before)
        let guessed = outcome(of: local, on: before)
        for resource in Set(before.keys).union(predicted.keys).union(after.keys) {
            let title = "\(name) after \(result.pairs) pairs, \(resource.kind)"
            let real = after[resource]?.comparable
            result.compared += 1
            if before[resource]?.comparable != real { result.changed += 1 }
            for difference in JSONValue.differences(predicted[resource]?.comparable.value, real?.value) {
                result.problems.append("\(title): predicted and real differ at \(difference)")
            }
            for difference in DefaultedFields(real: after[resource]).differences(from: guessed[resource]?.comparable) {
                result.disagreements.append("\(title): guessed and real differ at \(difference)")
            }
        }
        // Both predictions see that nothing is left to do.
        for prediction in [WebServerDryRun.Prediction.local, .server(dryRun)] {
            let reports = try await reports(on: manifests, in: changed, prediction)
            if ReportText(reports).summary != "no changes" || reports.contains(where: { !$0.plan.isEmpty }) {
                let left = reports.flatMap(\.plan.actions).map { "\($0)" }
                result.problems.append("\(name) after \(result.pairs) pairs: something is left to do: \(left)")
            }
        }
    }

    /// The objects as they are after the changes of a report.
    private func outcome(
        of reports: [WebServerReport],
        on before: [APIResource: DynamicObject]
    ) -> [APIResource: DynamicObject] {
        var objects = before
        for change in reports.flatMap(\.changes) { objects[change.resource] = change.after }
        return objects
    }

    // MARK: - The cluster

    private var now: Timestamp { Timestamp(secondsSinceEpoch: 1_700_000_000) }
    private var state: RememberedState {
        RememberedState(LiveState(client: space.client, served: space.served))
    }
    private var dryRun: PlanExecutor { PlanExecutor(client: space.client, isDryRun: true) }

    private func manifests(_ spec: JSONValue) throws -> [Manifest] {
        var webServer: JSONValue = [
            "apiVersion": .string(WebServer.resource.apiVersion), "kind": "WebServer",
            "metadata": ["name": .string(name), "namespace": .string(space.name)], "spec": spec,
        ]
        if spec["ingress"] != nil {
            // A host and path can be had once, and what others do at the same time nobody can predict.
            let path = spec[path: "ingress", "path"]?.stringValue ?? "/"
            webServer[path: "spec", "ingress", "path"] = .string(path == "/" ? "/\(name)" : "\(path)/\(name)")
        }
        let bytes = webServer.encoded()
        return try ManifestLoader(defaultNamespace: space.name, standardInput: { bytes }).load(["-"])
    }

    private func reports(
        on manifests: [Manifest],
        in state: RememberedState,
        _ prediction: WebServerDryRun.Prediction
    ) async throws -> [WebServerReport] {
        try await ReconcileOnce(state: state, prediction: prediction, now: now).reports(on: manifests)
    }

    private func objects(in state: RememberedState) async throws -> [APIResource: DynamicObject] {
        var objects: [APIResource: DynamicObject] = [:]
        for resource in ChildRole.allCases.compactMap({ $0.resource(in: space.served) }) {
            objects[resource] = try await state.object(resource, space.key(name))
        }
        return objects
    }
}
