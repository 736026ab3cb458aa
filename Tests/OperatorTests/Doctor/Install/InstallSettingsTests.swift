import JSON
import KubeModel
import Testing

@testable import Operator

/// What an operator needs by what it was told.
struct InstallSettingsTests {
    private func settings(_ arguments: String...) -> InstallSettings {
        InstallSettings(arguments: ["operator"] + arguments)
    }

    private func subjects(_ settings: InstallSettings) -> [String] {
        settings.rights(operatorNamespace: "ops").map { "\($0.permission.subject) in \($0.namespace ?? "*")" }
    }

    @Test func whoeverIsToldNothingDoesAll() {
        let all = settings()
        #expect(all == InstallSettings())
        #expect(all.features == OperatorFeature.allCases)
        #expect(all.certificates == ["tls", "xds"])
        #expect(all.rights(operatorNamespace: "ops").allSatisfy { $0.namespace == nil })
        #expect(all.rightsAtHome("ops").allSatisfy { $0.namespace == "ops" })
        #expect(InstallSettings.unseen.features == OperatorFeature.allCases.filter { $0 != .registration })
        #expect(InstallSettings.unseen.rights(operatorNamespace: "ops").map(\.permission) == Permission.all)
    }

    @Test(
        arguments: [
            (["--no-web-servers"], [.webServers]), (["--no-mesh"], [.mesh, .injection]),
            (["--no-injection"], [.injection]), (["--no-validation"], [.validation]),
            (["--no-mesh", "--no-validation"], [.certificates, .mesh, .injection, .validation, .registration]),
            (["--no-leader-election"], [.replicas]), (["--no-register-webhooks"], [.registration]),
            (["--namespace=a"], [.certificates, .mesh, .injection, .validation, .registration]),
            (["--namespace", "a", "--validation"], [.mesh, .injection]),
        ] as [([String], Set<OperatorFeature>)]
    )
    func whatIsOffNeedsNothing(arguments: [String], off: Set<OperatorFeature>) {
        let settings = InstallSettings(arguments: ["operator"] + arguments)
        #expect(Set(settings.features) == Set(OperatorFeature.allCases).subtracting(off))
    }

    @Test func argumentsAreReadInEveryFormThatTheProgramTakes() {
        let one = settings("--lease-name", "l", "--operator-service=s", "-n", "b", "--certificate-secret", "c")
        let other = settings("--namespace=b", "--operator-service", "s", "--lease-name=l", "--certificate-secret=c")
        #expect(one == other)
        #expect((one.lease, one.service, one.secret, one.namespaces) == ("l", "s", "c", ["b"]))
        #expect(settings("-n", "b", "--namespace=a", "-n", "b").namespaces == ["a", "b"])
        #expect(settings("--operator-service=s").secret == "s-certificates")
        // What takes a value that is not known here is passed over, and so is what is cut off.
        #expect(settings("--zone", "north", "--xds-port=7", "--lease-name") == InstallSettings())
    }

    @Test func theDeploymentSaysWhatItsOperatorWasTold() {
        let deployment: JSONValue = [
            "spec": [
                "template": [
                    "spec": [
                        "containers": [
                            ["name": "proxy", "args": ["--no-mesh"]],
                            ["name": "main", "command": ["swiftlet"], "args": ["operator", "--no-web-servers"]],
                        ]
                    ]
                ]
            ]
        ]
        let settings = InstallSettings(deployment: deployment)
        #expect(settings.hasMesh)
        #expect(!settings.hasWebServers)
        #expect(InstallSettings(deployment: [:]) == InstallSettings())
    }

    @Test func singleNamespacesAreAskedAboutEachAndNothingElseIs() {
        let settings = settings("--namespace=b", "--namespace=a")
        let subjects = subjects(settings)
        #expect(subjects.contains("deployments.apps in a"))
        #expect(subjects.contains("deployments.apps in b"))
        #expect(!subjects.contains { $0.hasSuffix("*") || $0.hasPrefix("ingressclasses") })
        let home = settings.rightsAtHome("ops").map(\.permission.subject)
        #expect(home == Array(repeating: "leases.coordination.k8s.io", count: 2))
    }

    @Test func namesAreThoseOfTheInstall() {
        let home = settings("--lease-name=l", "--operator-service=s").rightsAtHome("ops")
        #expect(Set(home.flatMap(\.permission.names)) == ["l", "s-certificates"])
        let single = settings("--namespace=a", "--validation", "--no-register-webhooks")
        let rights = single.rights(operatorNamespace: "ops")
        #expect(rights.flatMap(\.permission.names) == ["swiftlet-validator-ops"])
    }

    @Test func aGivenSecretIsOnlyRead() {
        let given = settings("--certificate-secret=given")
        #expect(given.certificates == ["tls"])
        let secrets = given.rightsAtHome("ops").map(\.permission).filter { $0.resource == .secrets }
        #expect(secrets.map(\.names) == [["given"]])
        #expect(secrets.map(\.verbs) == [["get", "list", "watch"]])
    }

    @Test func aRegistrationOfWhatIsOffIsNotAskedFor() {
        let subjects = subjects(settings("--no-injection"))
        #expect(!subjects.contains { $0.hasPrefix("mutatingwebhookconfigurations") })
        #expect(subjects.contains { $0.hasPrefix("validatingwebhookconfigurations") })
    }

    @Test func whoeverAsksKnowsBetter() {
        let place = InstallState.Place(namespace: "ops", service: "s", certificateSecret: "c")
        let settings = settings("--lease-name=l", "--operator-service=t").with(place)
        #expect((settings.lease, settings.service, settings.secret) == ("l", "s", "c"))
    }
}
