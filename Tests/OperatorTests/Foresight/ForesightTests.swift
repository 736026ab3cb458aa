import CoreMetrics
import Dataplanes
import EnvoyAPI
import EnvoyConfig
import Foundation
import JSON
import KubeAdmission
import KubeModel
import KubeRuntime
import Logging
import PollingSupport
import SwiftletAPI
import Testing
import XDS
import YAML

@testable import Operator

/// The dry run tells beforehand what a real Envoy shows afterwards.
///
/// The operator's own engine and xDS server bring one Envoy from cluster to cluster; what it has before and after a change of a TrafficRoute is
/// compared with what the dry run made of files.
@Suite(RealEnvoy.isThere, .serialized)
struct ForesightTests {
    private static let seeds = 0..<60 as Range<UInt64>
    private static let proxy = ProxyID(
        mesh: "default",
        namespace: RandomShop.caller.namespace,
        name: RandomShop.caller.name
    )

    @Test func whatIsForeseenIsWhatHappens() async throws {
        let now = Timestamp(secondsSinceEpoch: Int64(Date().timeIntervalSince1970))
        let authority = try CertificateAuthority(named: "test", now: now, validity: .seconds(86400))
        let issued = try authority.issue(
            CertificateRequest(dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"]),
            now: now,
            validity: .seconds(3600)
        )
        let certificate = try ServerCertificate(
            chainPEM: Array(issued.chainPEM.utf8),
            keyPEM: Array(issued.keyPEM.utf8)
        )
        let hub = ProxyHub()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let metrics = NOOPMetricsHandler.instance
        let engine = MeshEngine(options: DataplaneOptions(), hub: hub, metrics: metrics, logger: logger)
        let server = XDSServer(
            address: ListenAddress(host: "127.0.0.1", port: 0),
            hub: hub,
            authenticator: .trusting,
            certificate: { certificate },
            metrics: metrics,
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            group.addTask { await engine.run() }
            engine.begin()
            let port = try await server.boundPort()
            try await RealEnvoy.running(nodeID: "\(Self.proxy)", controlPlane: port, authority: authority.pem) {
                envoy in
                var present: [MeshInput] = []
                var changes = 0
                for seed in Self.seeds {
                    let shop = RandomShop(seed: seed)
                    let inputs = try await Self.inputs(of: shop)
                    for input in present { engine.note(input.undone) }
                    for input in inputs { engine.note(input) }
                    changes += try await compare(shop, seed, envoy, engine, hub)
                    present = inputs
                }
                print("\(Self.seeds.count) meshes, \(changes) changed resources")
                #expect(changes > 100)
            }
            group.cancelAll()
        }
    }

    /// - Returns: how many resources changed.
    private func compare(
        _ shop: RandomShop,
        _ seed: UInt64,
        _ envoy: RealEnvoy,
        _ engine: MeshEngine,
        _ hub: ProxyHub
    ) async throws -> Int {
        let present = try await MeshObjects.read(from: shop.scene.state).world(DataplaneOptions())
        let before = try await settled(at: present, "seed \(seed) before", envoy, hub)

        let manifests = try shop.manifest.map { try MeshScene.manifests(String(decoding: $0.encoded(), as: UTF8.self)) }
        let identity = ObjectIdentity(
            groupKind: TrafficRoute.resource.groupKind,
            key: ObjectKey(namespace: "", name: shop.routeName)
        )
        let report = try #require(
            try await MeshDryRun(state: shop.scene.state)
                .report(on: manifests ?? [], deleting: manifests == nil ? [identity] : [])
        )

        // What a person would do next, and the API server after that.
        let edit: MeshInput
        if var value = shop.manifest {
            let stored = await shop.scene.state.object(TrafficRoute.resource, identity.key)
            value[path: "metadata", "creationTimestamp"] =
                stored?.value[path: "metadata", "creationTimestamp"] ?? "2026-01-01T00:00:00Z"
            edit = .route(try TrafficRoute(value))
        } else {
            edit = .routeGone(shop.routeName)
        }
        engine.note(edit)
        var future = present
        future.put(edit)
        _ = try future.step()
        let after = try await settled(at: future, "seed \(seed) after", envoy, hub)

        let foreseen = report.resources.filter { $0.proxies.contains(RandomShop.caller) }
        let happened = Set(before.resources.keys).union(after.resources.keys).filter {
            before.resources[$0] != after.resources[$0]
        }
        #expect(Set(foreseen.map(\.id)) == happened, "seed \(seed)")
        for change in foreseen {
            let (old, new) = (before.resources[change.id], after.resources[change.id])
            #expect(try change.before.map(EnvoyDump.comparable) == old, "seed \(seed), \(change.id)")
            #expect(try change.after.map(EnvoyDump.comparable) == new, "seed \(seed), \(change.id)")
            guard change.id.type != .endpoint else { continue }
            // The very text that people were shown.
            let name = "default/\(change.id.type)/\(change.id.name)"
            let diff = UnifiedDiff.text(
                from: old.map { YAML.text($0) } ?? "",
                to: new.map { YAML.text($0) } ?? "",
                oldName: "before/\(name)",
                newName: "after/\(name)"
            )
            #expect(ReportText([], mesh: report).forPeople(colored: false).contains(diff), "seed \(seed), \(change.id)")
        }
        // Put back, so that what is noted next undoes what is there.
        if shop.manifest != nil { engine.note(.routeGone(shop.routeName)) }
        return foreseen.count
    }

    /// Waits until Envoy has acknowledged all and shows what it is to have.
    private func settled(
        at world: MeshWorld,
        _ moment: String,
        _ envoy: RealEnvoy,
        _ hub: ProxyHub
    ) async throws -> EnvoyDump {
        let snapshot = try #require(world.programmed["default"]?.snapshot(of: RandomShop.caller))
        let expected = try EnvoyDump(expecting: snapshot)
        var last = EnvoyDump()
        do {
            try await eventually(moment, within: .seconds(30)) {
                guard hub.delivery(of: Self.proxy)?.phase == .acknowledged else { return false }
                last = try await envoy.dump()
                return last == expected
            }
        } catch let error as NeverHappened {
            let ids = Set(last.resources.keys).union(expected.resources.keys)
            for id in ids.sorted() where last.resources[id] != expected.resources[id] {
                Issue.record(
                    """
                    \(moment), \(id): Envoy has \(last.resources[id].map { YAML.text($0) } ?? "nothing"), \
                    expected \(expected.resources[id].map { YAML.text($0) } ?? "nothing")
                    """
                )
            }
            Issue.record("\(moment): \(String(describing: hub.delivery(of: Self.proxy)))")
            throw error
        }
        return last
    }

    /// What the operator would see of it.
    private static func inputs(of shop: RandomShop) async throws -> [MeshInput] {
        let objects = try await MeshObjects.read(from: shop.scene.state)
        #expect(objects.notes == [])
        return objects.namespaces.map { .namespace($0) } + objects.services.map { .service($0) }
            + objects.pods.map { .pod($0) } + objects.meshes.map { .mesh($0) } + objects.routes.map { .route($0) }
    }
}

extension MeshInput {
    /// What takes the object away again. Meshes, namespaces and the caller stay from one cluster to the next, or Envoy would have nothing.
    fileprivate var undone: MeshInput {
        switch self {
        case .pod(let pod) where pod.key != RandomShop.caller: .podGone(pod.key)
        case .service(let service): .serviceGone(service.key)
        case .route(let route): .routeGone(route.metadata.name)
        default: self
        }
    }
}
