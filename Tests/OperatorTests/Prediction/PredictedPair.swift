import JSON
import KubeApply
import KubeClient
import KubeModel
import SwiftletAPI
import WebServers

@testable import Operator

/// One WebServer that is created with one spec and changed to another, each after it was predicted what would happen.
struct PredictedPair {
    let space: TestNamespace
    let seed: UInt64

    private var name: String { "web-\(seed)" }
    private var state: LiveState { LiveState(client: space.client, served: space.served) }

    func run() async throws -> PairResult {
        var generator = SpecGenerator(seed: seed)
        var result = PairResult()
        let first = generator.spec()
        try await step(first, into: &result)
        try await step(generator.changed(first), into: &result)
        // Its pods would only be in the way of the others.
        try await space.delete(WebServer.resource, name)
        return result
    }

    private func step(_ spec: JSONValue, into result: inout PairResult) async throws {
        let manifests = try manifests(spec)
        let before = try await objects()
        let server = try await reports(on: manifests, .server(PlanExecutor(client: space.client, isDryRun: true)))
        let local = try await reports(on: manifests, .local)
        _ = try await ReconcileOnce(state: state, prediction: .local, now: now)
            .perform(manifests, namespace: space.name, client: space.client)
        let after = try await objects()
        compare(before: before, after: after, server: server, local: local, spec, into: &result)
        try await expectNothingMore(spec, into: &result)
    }

    private func compare(
        before: [APIResource: DynamicObject],
        after: [APIResource: DynamicObject],
        server: [WebServerReport],
        local: [WebServerReport],
        _ spec: JSONValue,
        into result: inout PairResult
    ) {
        let predicted = outcome(of: server, on: before)
        let guessed = outcome(of: local, on: before)
        for resource in Set(before.keys).union(predicted.keys).union(after.keys) {
            let real = after[resource]?.comparable
            let title = "pair \(seed), \(resource.kind), \(spec.encodedText())"
            result.compared += 1
            if before[resource]?.comparable != real { result.changed += 1 }
            for difference in JSONValue.differences(predicted[resource]?.comparable.value, real?.value) {
                result.problems.append("\(title): predicted and real differ at \(difference)")
            }
            let defaults = DefaultedFields(real: after[resource])
            for difference in defaults.differences(from: guessed[resource]?.comparable) {
                result.localDisagreements.append("\(title): guessed and real differ at \(difference)")
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

    /// Once the controllers of the cluster have had their say, both kinds of prediction see nothing to do.
    private func expectNothingMore(_ spec: JSONValue, into result: inout PairResult) async throws {
        for prediction in [WebServerDryRun.Prediction.local, .server(PlanExecutor(client: space.client, isDryRun: true))] {
            let reports = try await reports(on: manifests(spec), prediction)
            if ReportText(reports).summary != "no changes" || reports.contains(where: { !$0.plan.isEmpty }) {
                let reasons = reports.flatMap(\.plan.actions).map { "\($0)" }
                result.problems.append("pair \(seed), \(spec.encodedText()): something is left to do: \(reasons)")
            }
        }
    }

    // MARK: - The cluster

    private var now: Timestamp { Timestamp(secondsSinceEpoch: 1_700_000_000) }

    private func manifests(_ spec: JSONValue) throws -> [Manifest] {
        let webServer: JSONValue = [
            "apiVersion": .string(WebServer.resource.apiVersion), "kind": "WebServer",
            "metadata": ["name": .string(name), "namespace": .string(space.name)], "spec": spec,
        ]
        let bytes = webServer.encoded()
        return try ManifestLoader(defaultNamespace: space.name, standardInput: { bytes }).load(["-"])
    }

    private func reports(
        on manifests: [Manifest],
        _ prediction: WebServerDryRun.Prediction
    ) async throws -> [WebServerReport] {
        try await ReconcileOnce(state: state, prediction: prediction, now: now).reports(on: manifests)
    }

    private func objects() async throws -> [APIResource: DynamicObject] {
        var objects: [APIResource: DynamicObject] = [:]
        for resource in ChildRole.allCases.compactMap({ $0.resource(in: space.served) }) {
            objects[resource] = try await space.find(resource, name)
        }
        return objects
    }
}
