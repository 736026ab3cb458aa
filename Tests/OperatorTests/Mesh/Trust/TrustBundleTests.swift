import Injection
import JSON
import KubeModel
import Testing

@testable import Operator

struct TrustBundleTests {
    private static let injecting = ["kuma.io/sidecar-injection": "enabled"]

    private func namespace(
        labels: [String: String] = [:],
        annotations: [String: String] = [:],
        phase: String = "Active"
    ) throws -> Namespace {
        let value: JSONValue = [
            "metadata": [
                "name": "shop", "uid": "u", "labels": .strings(labels), "annotations": .strings(annotations),
            ],
            "status": ["phase": .string(phase)],
        ]
        var reader = JSONReader(value.encoded())
        return try Namespace(json: &reader)
    }

    private func stored(_ data: [String: String], isOwn: Bool = true) throws -> TrustBundleObject {
        let labels = isOwn ? ["app.kubernetes.io/managed-by": "swiftlet"] : [:]
        let value: JSONValue = [
            "metadata": ["name": "swiftlet-trust-bundle", "namespace": "shop", "labels": .strings(labels)],
            "data": .strings(data),
        ]
        var reader = JSONReader(value.encoded())
        return try TrustBundleObject(json: &reader)
    }

    /// Who asks for sidecars, or has some, is told whom they are to trust.
    @Test(
        arguments: [
            (injecting, [:], false, true), ([:], injecting, false, true), ([:], [:], true, true),
            ([:], [:], false, false), (["kuma.io/sidecar-injection": "disabled"], injecting, false, false),
            (["kuma.io/sidecar-injection": "disabled"], [:], true, true),
        ] as [([String: String], [String: String], Bool, Bool)]
    )
    func namespacesWithSidecarsGetIt(
        labels: [String: String],
        annotations: [String: String],
        hasSidecars: Bool,
        isWanted: Bool
    ) throws {
        let namespace = try namespace(labels: labels, annotations: annotations)
        let step = TrustBundle.step(namespace, hasSidecars: hasSidecars, stored: nil, authorities: "PEM")
        guard isWanted else { return #expect(step == .none) }
        guard case .create(let object) = step else {
            Issue.record("\(step)")
            return
        }
        #expect(object[path: "metadata", "name"] == "swiftlet-trust-bundle")
        #expect(object[path: "metadata", "namespace"] == "shop")
        #expect(object[path: "data", "ca.crt"] == "PEM")
        let text = object[path: "data", "trust-bundle.json"]?.stringValue ?? ""
        #expect(SecretFile.authorities(inTrustBundle: text) == "PEM")
        #expect(
            TrustBundle.step(
                namespace,
                hasSidecars: false,
                stored: try stored(TrustBundle.data("PEM")),
                authorities: "PEM"
            ) == .none
        )
    }

    @Test func whatIsNotAsItShouldBeIsWrittenAgain() throws {
        let namespace = try namespace(labels: Self.injecting)
        var drifted = TrustBundle.data("PEM")
        drifted["trust-bundle.json"] = "{}"
        for data in [drifted, [:], TrustBundle.data("OLD"), ["ca.crt": "PEM"]] {
            let step = TrustBundle.step(namespace, hasSidecars: false, stored: try stored(data), authorities: "PEM")
            guard case .update(let object) = step else {
                Issue.record("\(step)")
                continue
            }
            #expect(object["data"] == .strings(TrustBundle.data("PEM")))
        }
        // Pods that are ending may still read it.
        let quiet = try self.namespace()
        let step = TrustBundle.step(quiet, hasSidecars: false, stored: try stored([:]), authorities: "PEM")
        if case .update = step {} else { Issue.record("\(step)") }
    }

    @Test func nothingIsWrittenThatIsNotOurs() throws {
        let namespace = try namespace(labels: Self.injecting)
        let foreign = try stored(["ca.crt": "theirs"], isOwn: false)
        #expect(TrustBundle.step(namespace, hasSidecars: true, stored: foreign, authorities: "PEM") == .foreign)
        #expect(
            TrustBundle.step(try self.namespace(), hasSidecars: false, stored: foreign, authorities: "PEM") == .none
        )
    }

    @Test func nothingIsWrittenWhereNothingCanBeOrNothingIsKnown() throws {
        let ending = try namespace(labels: Self.injecting, phase: "Terminating")
        #expect(TrustBundle.step(ending, hasSidecars: true, stored: nil, authorities: "PEM") == .none)
        #expect(TrustBundle.step(nil, hasSidecars: true, stored: nil, authorities: "PEM") == .none)
        let namespace = try namespace(labels: Self.injecting)
        for unknown in [nil, ""] {
            #expect(TrustBundle.step(namespace, hasSidecars: true, stored: nil, authorities: unknown) == .none)
        }
    }

    /// Anybody who may write ConfigMaps in a namespace may write one of this name.
    @Test func aConfigMapIsKeptNoFurtherThanIsNeeded() throws {
        let large = try stored([
            "ca.crt": String(repeating: "x", count: 500_000), "more": String(repeating: "y", count: 500_000),
        ])
        #expect(large.data == ["ca.crt": ""])
    }
}
