import FoundationEssentials
import JSON
import KubeModel
import SwiftletAPI

@testable import KubeAdmission
@testable import Operator

/// An install with which all is well.
enum HealthyInstall {
    static let now = Timestamp("2026-11-26T12:00:00Z") ?? Timestamp(secondsSinceEpoch: 0)

    static func authority(_ name: String) throws -> CertificateAuthority {
        try CertificateAuthority(named: name, now: now, validity: .seconds(3650 * 86400))
    }

    static func webhook(bundle: String, closed: Bool) -> JSONValue {
        [
            "webhooks": [
                [
                    "failurePolicy": closed ? "Fail" : "Ignore",
                    "clientConfig": [
                        "service": ["namespace": "swiftlet-system", "name": "swiftlet"],
                        "caBundle": .string(Data(bundle.utf8).base64EncodedString()),
                    ],
                ]
            ]
        ]
    }

    /// The pods of an operator that was told this beside what the chart always says.
    static func template(told arguments: [String]) -> JSONValue {
        ["spec": ["containers": [["args": .strings(["operator", "--no-register-webhooks"] + arguments)]]]]
    }

    static func state() throws -> InstallState {
        let authority = try Self.authority("swiftlet")
        var data = ["ca.crt": authority.pem, "ca.key": try authority.keyPEM()]
        for name in ["tls", "xds"] {
            var request = CertificateRequest.service("swiftlet", namespace: "swiftlet-system")
            request.name = name
            let issued = try authority.issue(request, now: now, validity: .seconds(30 * 86400))
            data["\(name).crt"] = issued.chainPEM
            data["\(name).key"] = issued.keyPEM
        }
        var state = InstallState(now: now)
        state.namespace = .found(["status": ["phase": "Active"]])
        for definition in try CustomResourceDefinitions.all() {
            var stored = definition.json
            stored["status"] = ["conditions": [["type": "Established", "status": "True"]]]
            state.definitions[definition.name] = .found(stored)
        }
        state.deployments = .found([
            [
                "metadata": ["name": "swiftlet"], "spec": ["replicas": 1, "template": template(told: [])],
                "status": ["readyReplicas": 1],
            ]
        ])
        state.pods = .found([
            [
                "metadata": ["name": "swiftlet-0"],
                "status": ["phase": "Running", "conditions": [["type": "Ready", "status": "True"]]],
            ]
        ])
        state.readiness = ["swiftlet-0": .found("[+]pods synced\n[+]secrets synced")]
        state.lease = .found([
            "spec": [
                "holderIdentity": "swiftlet-0_ab12", "leaseDurationSeconds": 15,
                "acquireTime": "2026-11-25T12:00:00.000000Z", "renewTime": "2026-11-26T11:59:58.000000Z",
            ]
        ])
        state.service = .found([:])
        state.hasReadyEndpoint = .found(true)
        state.secret = .found(["type": "Opaque", "data": Self.data(data)])
        state.webhooks = [
            .init(kind: "MutatingWebhookConfiguration", name: "swiftlet-injector"):
                .found(webhook(bundle: authority.pem, closed: true)),
            .init(kind: "ValidatingWebhookConfiguration", name: "swiftlet-validator"):
                .found(webhook(bundle: authority.pem, closed: false)),
        ]
        state.webServers = .found([])
        state.meshes = .found([])
        state.routes = .found([])
        state.meshPods = .found([])
        return state
    }

    /// Of a Secret.
    static func data(_ texts: [String: String]) -> JSONValue {
        .object(texts.mapValues { .string(Data($0.utf8).base64EncodedString()) })
    }
}
