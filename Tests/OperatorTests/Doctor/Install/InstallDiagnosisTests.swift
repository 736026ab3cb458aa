import FoundationEssentials
import Injection
import JSON
import KubeAdmission
import KubeModel
import SwiftletAPI
import Testing

@testable import Operator

/// What is told of an install by what was seen of it.
struct InstallDiagnosisTests {
    typealias Finding = Doctor.Finding

    private func findings(_ change: (inout InstallState) throws -> Void = { _ in }) throws -> [Finding] {
        var state = try HealthyInstall.state()
        try change(&state)
        return InstallDiagnosis(state, definitions: try CustomResourceDefinitions.all()).findings
    }

    /// What is not well, after a change of a healthy install.
    private func trouble(_ change: (inout InstallState) throws -> Void) throws -> [Finding] {
        try findings(change).filter { $0.severity != .ok }
    }

    /// The only trouble after a change.
    private func only(_ change: (inout InstallState) -> Void) throws -> Finding {
        let trouble = try self.trouble(change)
        try #require(trouble.count == 1, "\(trouble)")
        #expect(!trouble[0].remedy.isEmpty)
        return trouble[0]
    }

    @Test func aHealthyInstallHasNothingButGoodFindings() throws {
        let all = try findings()
        #expect(all.filter { $0.severity != .ok } == [])
        #expect(all.map(\.subject).contains("lease swiftlet"))
        #expect(all.count >= 15)
    }

    // MARK: - What is not on

    /// What is not well, after a change, of an install whose operator was told this.
    private func trouble(
        _ arguments: [String],
        _ change: (inout InstallState) throws -> Void = { _ in }
    ) throws -> [Finding] {
        try trouble { state in
            state.deployments = .found([
                [
                    "metadata": ["name": "swiftlet"],
                    "spec": ["replicas": 1, "template": HealthyInstall.template(told: arguments)],
                    "status": ["readyReplicas": 1],
                ]
            ])
            try change(&state)
        }
    }

    private static let injector = InstallState.WebhookKey(
        kind: "MutatingWebhookConfiguration",
        name: "swiftlet-injector"
    )
    private static let validator = InstallState.WebhookKey(
        kind: "ValidatingWebhookConfiguration",
        name: "swiftlet-validator"
    )

    @Test func whatIsOffIsNotMissed() throws {
        #expect(try trouble(["--no-injection"]) { $0.webhooks[Self.injector] = .absent } == [])
        #expect(try trouble(["--no-validation"]) { $0.webhooks[Self.validator] = .absent } == [])
        let alone = try trouble(["--no-mesh"]) { state in
            state.webhooks[Self.injector] = .absent
            var secret = state.secret.value ?? .null
            for member in ["xds.crt", "xds.key"] { secret["data"]?[member] = nil }
            state.secret = .found(secret)
        }
        #expect(alone == [])
        let one = try trouble(["--namespace=team", "--operator-namespace=team"]) { state in
            // The install of somebody else, in another namespace and with another authority.
            let other = try HealthyInstall.authority("other")
            state.webhooks = [Self.injector: .found(HealthyInstall.webhook(bundle: other.pem, closed: true))]
            state.place.service = "team"
            state.secret = .absent
            state.service = .absent
        }
        #expect(one == [])
    }

    @Test func aLeaseThatNobodyRenewsIsNoTroubleWithoutElection() throws {
        let stale: JSONValue = ["holderIdentity": "before", "renewTime": "2026-11-26T10:00:00.000000Z"]
        #expect(try trouble(["--no-leader-election"]) { $0.lease = .found(["spec": stale]) } == [])
        #expect(try trouble(["--no-leader-election"]) { $0.lease = .absent } == [])
        #expect(try trouble(["--lease-name=other"]) { $0.lease = .absent }.map(\.subject) == ["lease other"])
    }

    @Test(arguments: [(injector, "inject", "injection"), (validator, "validate", "validation")])
    func aWebhookThatAsksWhoeverWasToldNotToAnswerIsTold(
        key: InstallState.WebhookKey,
        verb: String,
        feature: String
    ) throws {
        let trouble = try self.trouble(["--no-\(feature)"])
        try #require(trouble.map(\.subject) == ["\(key)"])
        // The one fails closed.
        #expect(trouble[0].severity == (key.isInjector ? .problem : .warning))
        #expect(trouble[0].message.hasPrefix("asks the operator, which was told not to \(verb)"))
        #expect(trouble[0].remedy == "remove it: kubectl delete \(key.kind.lowercased()) \(key.name)")
    }

    /// Of a day, for the one name that clients ask for.
    private func given(hoursLeft: Int64, for name: String = "swiftlet.swiftlet-system.svc") throws -> JSONValue {
        let now = HealthyInstall.now.secondsSinceEpoch
        let start = Timestamp(secondsSinceEpoch: now - (24 - hoursLeft) * 3600)
        let authority = try HealthyInstall.authority("theirs")
        let issued = try authority.issue(
            CertificateRequest(dnsNames: [name]),
            now: start,
            validity: .seconds(24 * 3600)
        )
        return ["data": HealthyInstall.data(["tls.crt": issued.chainPEM, "tls.key": issued.keyPEM])]
    }

    @Test func aGivenCertificateIsJudgedAsTheOperatorDoes() throws {
        #expect(try trouble(["--certificate-secret=given"]) { $0.secret = .found(try given(hoursLeft: 12)) } == [])
        for (secret, message) in [
            (try given(hoursLeft: 3), "and was not renewed"), (try given(hoursLeft: 12, for: "other"), "is not for"),
        ] {
            let trouble = try self.trouble(["--certificate-secret=given"]) { $0.secret = .found(secret) }
            try #require(trouble.map(\.subject) == ["certificate tls"])
            #expect(trouble[0].message.contains(message))
            #expect(trouble[0].remedy.contains("kubectl -n swiftlet-system describe certificate given"))
        }
        let missing = try trouble(["--certificate-secret=given"]) { $0.secret = .absent }
        #expect(missing.map(\.subject) == ["secret given"])
    }

    @Test func whatTheOperatorDoesNotRegisterIsMadeAgainByWhoeverInstalledIt() throws {
        let kubectl = try only { $0.webhooks[Self.injector] = .absent }
        #expect(kubectl.remedy.hasSuffix("kubectl apply --server-side -f manifests/install.yaml"))
        let helm = try trouble { state in
            state.webhooks[Self.injector] = .absent
            var deployment = state.deployments.value?[0] ?? .null
            deployment[path: "metadata", "annotations"] = ["meta.helm.sh/release-name": "mine"]
            state.deployments = .found([deployment])
        }
        let command = "helm upgrade mine manifests/swiftlet -n swiftlet-system --reset-then-reuse-values"
        #expect(helm.first?.remedy.hasSuffix(command) == true)
        let own = try trouble { state in
            state.webhooks[Self.injector] = .absent
            state.deployments = .found([
                ["metadata": ["name": "swiftlet"], "spec": ["replicas": 1], "status": ["readyReplicas": 1]]
            ])
        }
        #expect(own.first?.remedy.contains("grep -i webhook") == true)
    }

    /// With a selector kubectl shows ten lines of each pod, in which nothing would be found.
    @Test func logsOfAllPodsAreAskedForWhole() throws {
        let trouble = try self.trouble { state in
            for key in state.webhooks.keys {
                state.webhooks[key] = .found(HealthyInstall.webhook(bundle: "", closed: true))
            }
            state.lease = .absent
            state.secret = .found([:])
        }
        let remedies = trouble.map(\.remedy).filter { $0.contains("logs -l") }
        #expect(remedies.count >= 5)
        #expect(remedies.allSatisfy { $0.contains(" --tail=") })
        #expect(remedies.filter { $0.contains("grep") }.allSatisfy { $0.contains(" --tail=-1 |") })
    }

    @Test func aBundleThatCertManagerFillsIsLookedForAtCertManagers() throws {
        var webhook = HealthyInstall.webhook(bundle: "", closed: true)
        webhook[path: "metadata", "annotations"] = ["cert-manager.io/inject-ca-from": "swiftlet-system/swiftlet-tls"]
        let finding = try only { $0.webhooks[Self.injector] = .found(webhook) }
        #expect(finding.remedy.contains("kubectl -n cert-manager logs -l app.kubernetes.io/name=cainjector"))
    }

    // MARK: - The place

    @Test func nothingInstalledIsOneWarningWithTheCommandThatInstalls() throws {
        let finding = try only {
            $0 = InstallState(now: $0.now)
            $0.webServers = .found([])
        }
        #expect(finding.severity == .warning)
        #expect(finding.message.hasPrefix("there is no namespace swiftlet-system"))
        #expect(finding.remedy.contains("helm install"))
    }

    @Test func aWebhookThatIsLeftWithoutAnOperatorIsAProblem() throws {
        let trouble = try self.trouble {
            $0.deployments = .found([])
            $0.pods = .found([])
        }
        try #require(trouble.map(\.severity) == [.warning, .problem, .warning])
        #expect(trouble[1].remedy == "remove it: kubectl delete mutatingwebhookconfiguration swiftlet-injector")
    }

    @Test func aNamespaceThatIsBeingDeletedIsAProblem() throws {
        let finding = try only {
            $0.namespace = .found([
                "status": [
                    "phase": "Terminating",
                    "conditions": [["type": "A", "status": "True", "message": "Some content remains."]],
                ]
            ])
        }
        #expect(finding.severity == .problem)
        #expect(finding.message.contains("Some content remains."))
    }

    @Test func whatMayNotBeSeenIsToldAndHidesNothingElse() throws {
        let trouble = try self.trouble { state in
            let why = "get: forbidden"
            state.namespace = .unreadable(why)
            for name in state.definitions.keys { state.definitions[name] = .unreadable(why) }
            state.deployments = .unreadable(why)
            state.readiness = ["swiftlet-0": .unreadable(why)]
            state.lease = .unreadable(why)
            state.secret = .unreadable(why)
            for key in state.webhooks.keys { state.webhooks[key] = .unreadable(why) }
            state.webServers = .unreadable(why)
            state.meshes = .unreadable(why)
            state.routes = .unreadable(why)
            state.meshPods = .unreadable(why)
        }
        #expect(trouble.count == 14)
        #expect(trouble.allSatisfy { $0.severity == .warning && $0.message.contains("get: forbidden") })
    }

    // MARK: - Definitions

    private static let webServers = "webservers.web.phys.app"

    private func change(definition: (inout JSONValue) -> Void) throws -> Finding {
        try only { state in
            var stored = state.definitions[Self.webServers]?.value ?? .null
            definition(&stored)
            state.definitions[Self.webServers] = .found(stored)
        }
    }

    @Test func aDefinitionThatIsNotEstablishedIsAProblem() throws {
        let finding = try change {
            $0["status"] = [
                "conditions": [
                    ["type": "NamesAccepted", "status": "False", "message": "\"ws\" is already in use"],
                    ["type": "Established", "status": "False"],
                ]
            ]
        }
        #expect(finding.severity == .problem)
        #expect(finding.message == "is not in force: \"ws\" is already in use")
    }

    @Test func aDefinitionOfAnotherVersionIsAWarning() throws {
        let finding = try change { stored in
            var versions = stored[path: "spec", "versions"]?.arrayValue ?? []
            versions[0]["schema"]?["openAPIV3Schema"]?["properties"]?["spec"]?["properties"]?["replicas"] = nil
            stored["spec"]?["versions"] = .array(versions)
        }
        #expect(finding.severity == .warning)
        #expect(finding.message.hasPrefix("is not of this version of swiftlet"))
        #expect(finding.remedy.contains("swiftlet crds | kubectl apply"))
    }

    @Test func aDefinitionThatDoesNotServeOurVersionIsAProblem() throws {
        let finding = try change { $0["spec"]?["versions"] = [["name": "v1", "served": true]] }
        #expect(finding.message == "does not serve v1alpha1, which this program speaks")
    }

    // MARK: - Deployment and pods

    @Test(
        arguments: [
            (["spec": ["replicas": 0]], "is scaled to zero"),
            (["spec": ["replicas": 2], "status": [:]], "has no ready pod of 2"),
            (["spec": ["replicas": 2], "status": ["readyReplicas": 1]], "1 of 2 pods are ready"),
            (
                [
                    "spec": ["replicas": 2],
                    "status": [
                        "conditions": [
                            [
                                "type": "ReplicaFailure", "status": "True",
                                "message": "pods \"x\" is forbidden: exceeded quota",
                            ]
                        ]
                    ],
                ], "cannot make its pods: pods \"x\" is forbidden: exceeded quota"
            ),
            (
                [
                    "spec": ["replicas": 1],
                    "status": [
                        "readyReplicas": 1,
                        "conditions": [
                            [
                                "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded",
                                "message": "timed out",
                            ]
                        ],
                    ],
                ], "does not get on with its rollout: timed out"
            ),
        ] as [(JSONValue, String)]
    )
    func aDeploymentTellsWhatItLacks(part: JSONValue, message: String) throws {
        let finding = try only { state in
            var deployment = part
            deployment["metadata"] = ["name": "swiftlet"]
            state.deployments = .found([deployment])
        }
        #expect(finding.subject == "deployment swiftlet")
        #expect(finding.message == message)
        #expect(finding.remedy.contains("kubectl -n swiftlet-system"))
    }

    @Test(
        arguments: [
            (
                ["conditions": [["type": "PodScheduled", "status": "False", "message": "0/3 nodes are available"]]],
                .problem, "finds no node: 0/3 nodes are available"
            ),
            (
                [
                    "containerStatuses": [
                        [
                            "image": "swiftlt",
                            "state": ["waiting": ["reason": "ImagePullBackOff", "message": "not found"]],
                        ]
                    ]
                ], .problem, "has no image \"swiftlt\" (ImagePullBackOff): not found"
            ),
            (
                [
                    "containerStatuses": [
                        [
                            "state": ["waiting": ["reason": "CrashLoopBackOff"]],
                            "lastState": ["terminated": ["reason": "Error", "exitCode": 134]],
                        ]
                    ]
                ], .problem, "crashes again and again: Error, exit code 134"
            ),
            (
                [
                    "containerStatuses": [
                        [
                            "state": ["waiting": ["reason": "CrashLoopBackOff"]],
                            "lastState": ["terminated": ["reason": "OOMKilled", "exitCode": 137]],
                        ]
                    ]
                ], .problem, "crashes again and again: it ran out of its memory limit (OOMKilled); raise it"
            ),
            (
                [
                    "initContainerStatuses": [
                        ["state": ["waiting": ["reason": "CreateContainerConfigError", "message": "no secret \"x\""]]]
                    ]
                ], .problem, "cannot start its container (CreateContainerConfigError): no secret \"x\""
            ),
            (
                ["phase": "Running", "conditions": [["type": "Ready", "status": "False"]]], .warning,
                "runs and is not ready"
            ),
            (
                [
                    "conditions": [["type": "Ready", "status": "True"]],
                    "containerStatuses": [
                        ["restartCount": 7, "lastState": ["terminated": ["reason": "Error", "exitCode": 1]]]
                    ],
                ], .warning, "was restarted 7 times: Error, exit code 1"
            ),
            (
                ["phase": "Failed", "message": "The node was low on resource: memory."], .warning,
                "has ended (Failed) The node was low on resource: memory."
            ),
        ] as [(JSONValue, Finding.Severity, String)]
    )
    func aPodTellsWhyItDoesNotRun(status: JSONValue, severity: Finding.Severity, message: String) throws {
        let finding = try only { state in
            state.pods = .found([["metadata": ["name": "swiftlet-0"], "status": status]])
        }
        #expect(finding.subject == "pod swiftlet-0")
        #expect(finding.severity == severity)
        #expect(finding.message == message)
        #expect(finding.remedy.contains("swiftlet-0"))
    }

    @Test func aPodThatEndsIsNoTrouble() throws {
        let trouble = try self.trouble { state in
            state.pods = .found([["metadata": ["name": "swiftlet-0", "deletionTimestamp": "2026-01-01T00:00:00Z"]]])
        }
        #expect(trouble == [])
    }

    // MARK: - Readiness

    @Test func aReplicaTellsItsChecksThatFail() throws {
        let text = """
            kubernetes_healthcheck{name="pods",state="synced",type="readyz"} 1
            kubernetes_healthcheck{name="secrets",state="forbidden",type="readyz"} 0
            kubernetes_healthcheck{name="meshes.kuma.io",state="notInstalled",type="readyz"} 1
            kubernetes_healthcheck{name="nodes",state="forbidden",type="readyz"} 1
            kubernetes_healthcheck{name="process",state="ok",type="healthz"} 1
            store_objects{resource="pods"} 3
            """
        #expect(InstallLookout.checks(in: text).split(separator: "\n").count == 4)
        let trouble = try self.trouble { $0.readiness = ["swiftlet-0": .found(InstallLookout.checks(in: text))] }
        #expect(trouble.map(\.message) == ["secrets is forbidden", "nodes is forbidden"])
        #expect(trouble.map(\.severity) == [.problem, .warning])
        #expect(trouble.allSatisfy { $0.remedy.contains("swiftlet crds --role") })
    }

    // MARK: - Lease

    private func lease(_ spec: JSONValue) throws -> Finding { try only { $0.lease = .found(["spec": spec]) } }

    @Test func aLeaseThatIsNotRenewedMeansThatNobodyLeads() throws {
        let finding = try lease([
            "holderIdentity": "swiftlet-0", "leaseDurationSeconds": 15, "renewTime": "2026-11-26T11:59:00.000000Z",
        ])
        #expect(finding.severity == .problem)
        #expect(finding.message.hasPrefix("was last renewed 60 s ago by swiftlet-0, of 15 s that it lasts"))
    }

    @Test func aLeaseOfAStrangerIsTold() throws {
        let finding = try lease([
            "holderIdentity": "laptop", "leaseDurationSeconds": 15, "renewTime": "2026-11-26T11:59:58.000000Z",
        ])
        #expect(finding.message.hasPrefix("is held by laptop, which is no pod of this install"))
    }

    @Test(arguments: [nil, ""]) func aFreeLeaseIsTold(holder: String?) throws {
        let finding = try lease(.compact(["holderIdentity": holder.map { .string($0) }]))
        #expect(finding.message == "is free: nobody leads at the moment")
    }

    @Test func aMissingLeaseIsTold() throws {
        #expect(try only { $0.lease = .absent }.message == "is not there: no replica has led yet")
    }

    // MARK: - Webhooks and certificates

    @Test func aWebhookWithoutPodsBehindItRefusesWhatItAsksAbout() throws {
        let trouble = try self.trouble {
            $0.hasReadyEndpoint = .found(false)
        }
        #expect(trouble.map(\.severity) == [.problem, .warning])
        #expect(
            trouble[0].message
                == "asks Service swiftlet-system/swiftlet, behind which no pod is ready: what it asks about is refused"
        )
        #expect(trouble[1].message.hasSuffix("what it asks about goes unchecked"))
    }

    @Test func aWebhookWhoseServiceIsMissingIsTold() throws {
        let trouble = try self.trouble { $0.service = .absent }
        #expect(trouble.count == 2)
        #expect(trouble[0].message.contains("which is not there"))
    }

    @Test func aWebhookThatTrustsAnotherAuthorityIsTold() throws {
        let other = try HealthyInstall.authority("other")
        let trouble = try self.trouble { state in
            for key in state.webhooks.keys {
                state.webhooks[key] = .found(HealthyInstall.webhook(bundle: other.pem, closed: true))
            }
        }
        #expect(trouble.count == 2)
        #expect(trouble.allSatisfy { $0.message.hasPrefix("trusts another authority than that of the Secret") })
    }

    @Test func aWebhookWithoutABundleOrWithABadOneIsTold() throws {
        for (bundle, words) in [("", "trusts nobody yet"), ("no PEM", "has a caBundle that cannot be read")] {
            let trouble = try self.trouble { state in
                for key in state.webhooks.keys {
                    state.webhooks[key] = .found(HealthyInstall.webhook(bundle: bundle, closed: false))
                }
            }
            #expect(trouble.count == 2)
            #expect(trouble.allSatisfy { $0.message.hasPrefix(words) && $0.severity == .warning })
        }
    }

    @Test func missingWebhooksAreTold() throws {
        let trouble = try self.trouble { state in for key in state.webhooks.keys { state.webhooks[key] = .absent } }
        #expect(
            trouble.map(\.message) == [
                "is not there: new pods get no sidecar", "is not there: objects are not checked",
            ]
        )
    }

    @Test func aCertificateTellsItsTrouble() throws {
        let day: Int64 = 86400
        for (days, severity, words) in [
            (31, Finding.Severity.problem, "has been out of date since"),
            (27, .warning, "ends at"), (-1, .problem, "is not valid before"),
        ] {
            let trouble = try self.trouble {
                $0.now = Timestamp(secondsSinceEpoch: $0.now.secondsSinceEpoch + Int64(days) * day)
            }
            .filter { $0.subject.hasPrefix("certificate") }
            #expect(trouble.map(\.subject) == ["certificate tls", "certificate xds"])
            #expect(trouble.allSatisfy { $0.severity == severity && $0.message.hasPrefix(words) }, "\(trouble)")
        }
        let stranger = try self.trouble { $0.place.service = "other" }.filter { $0.subject.hasPrefix("certificate") }
        #expect(stranger.map(\.message) == Array(repeating: "is not for other.swiftlet-system.svc", count: 2))
    }

    @Test func aSecretThatIsMissingOrBrokenIsTold() throws {
        #expect(try only { $0.secret = .absent }.severity == .problem)
        let trouble = try self.trouble { $0.secret = .found(["data": ["tls.crt": "Z2FyYmFnZQ==", "ca.key": ""]]) }
        #expect(trouble.contains { $0.message.hasPrefix("cannot be read wholly: tls.crt") })
        #expect(trouble.contains { $0.subject == "certificate xds" && $0.severity == .problem })
    }

    // MARK: - Objects

    private func object(_ name: String, _ type: String, _ status: String, _ reason: String) -> JSONValue {
        [
            "metadata": ["name": .string(name), "namespace": "shop"],
            "status": [
                "conditions": [
                    ["type": .string(type), "status": .string(status), "reason": .string(reason), "message": "why"]
                ]
            ],
        ]
    }

    @Test func objectsThatNeedAPersonAreNamedWithTheCommand() throws {
        let stalled = try only { $0.webServers = .found([object("web", "Stalled", "True", "NameConflict")]) }
        #expect(stalled.subject == "webserver shop/web")
        #expect(stalled.message == "is stalled: NameConflict: why")
        #expect(stalled.remedy == "kubectl -n shop describe webserver web")
        let rejected = try only { $0.routes = .found([object("canary", "Programmed", "False", "Rejected")]) }
        #expect(rejected.message == "is refused by proxies: Rejected: why")
        let invalid = try only { $0.meshes = .found([object("default", "Accepted", "False", "Invalid")]) }
        #expect(invalid.subject == "mesh shop/default")
        let pending = try self.trouble { $0.routes = .found([object("canary", "Programmed", "False", "Pending")]) }
        #expect(pending == [])
    }

    @Test func manyObjectsAreCountedAndNotAllNamed() throws {
        let trouble = try self.trouble { state in
            state.webServers = .found((0..<37).map { object("web-\($0)", "Stalled", "True", "NameConflict") })
        }
        #expect(trouble.count == 11)
        #expect(trouble.last?.message == "27 more are in need of a person")
    }

    @Test func podsWithoutSidecarAreCountedByNamespace() throws {
        func pod(_ name: String, _ change: (inout JSONValue) -> Void = { _ in }) -> JSONValue {
            var pod: JSONValue = [
                "metadata": ["name": .string(name), "namespace": "shop"],
                "spec": ["containers": [["name": "app"]]], "status": ["phase": "Running"],
            ]
            change(&pod)
            return pod
        }
        let finding = try only {
            $0.meshPods = .found([
                pod("a"), pod("b"),
                pod("injected") { $0["spec"]?["containers"] = [["name": "app"], ["name": "kuma-sidecar"]] },
                pod("native") { $0["spec"]?["initContainers"] = [["name": "kuma-sidecar"]] },
                pod("off") { $0["metadata"]?["annotations"] = ["kuma.io/sidecar-injection": "disabled"] },
                pod("host") { $0["spec"]?["hostNetwork"] = true },
                pod("done") { $0["status"] = ["phase": "Succeeded"] },
                pod("ending") { $0["metadata"]?["deletionTimestamp"] = "2026-01-01T00:00:00Z" },
            ])
        }
        #expect(finding.subject == "sidecars in shop")
        #expect(finding.message == "2 pods have none: a, b")
    }

    // MARK: - Trust

    /// - Parameter fixed: the authorities in its bootstrap; `nil` for a sidecar that reads them from a file.
    private func injected(_ name: String, fixed: String?) -> JSONValue {
        let roots: JSONValue = ["ssl_credentials": ["root_certs": ["inline_string": .string(fixed ?? "")]]]
        let service: JSONValue = fixed == nil ? ["envoy_grpc": [:]] : ["google_grpc": ["channel_credentials": roots]]
        let bootstrap: JSONValue = ["dynamic_resources": ["ads_config": ["grpc_services": [service]]]]
        var annotations = [MetadataKey.injected: "true"]
        if fixed == nil { annotations[MetadataKey.trustBundle] = "{}" }
        let sidecar: JSONValue = [
            "name": "kuma-sidecar", "args": ["--config-yaml", .string(bootstrap.encodedText()), "--concurrency", "2"],
        ]
        return [
            "metadata": ["name": .string(name), "namespace": "shop", "annotations": .strings(annotations)],
            "spec": ["containers": [["name": "app"]], "initContainers": [sidecar]], "status": ["phase": "Running"],
        ]
    }

    private func present(_ state: InstallState) -> String {
        CertificateState(data: state.secret.value?["data"], names: []).bundle.pem
    }

    @Test(arguments: [true, false])
    func sidecarsThatTrustALostAuthorityAreNamedWithItAndTheCommand(maySeeSecret: Bool) throws {
        let lost = try HealthyInstall.authority("former").pem
        let trouble = try self.trouble { state in
            let present = present(state)
            state.meshPods = .found([
                injected("old-2", fixed: lost), injected("old-1", fixed: lost), injected("good", fixed: present),
                injected("both", fixed: lost + present),
            ])
            if !maySeeSecret { state.secret = .unreadable("forbidden") }
        }
        let finding = try #require(trouble.first { $0.subject == "sidecars in shop" })
        #expect(finding.severity == .problem)
        #expect(finding.message.hasPrefix("2 pods trust only the certificate authority CN=former@"))
        #expect(finding.message.hasSuffix("which the operator no longer has, and cannot connect: old-1, old-2"))
        #expect(finding.remedy == "restart them: kubectl -n shop rollout restart deployment")
        #expect(trouble.count == (maySeeSecret ? 1 : 2))
    }

    @Test func sidecarsThatCannotBeToldOfANewAuthorityAreCounted() throws {
        func map(_ authorities: String) -> Observed<JSONValue> {
            .found(["data": ["trust-bundle.json": .string(SecretFile.trustBundle(authorities: authorities))]])
        }
        func trouble(_ change: (inout InstallState) throws -> Void) throws -> [Finding] {
            try self.trouble { state in
                state.meshPods = .found([injected("a", fixed: nil), injected("b", fixed: nil)])
                try change(&state)
            }
        }
        #expect(try trouble { $0.trustBundles["shop"] = map(present($0)) } == [])
        let former = try HealthyInstall.authority("former").pem
        let both = try trouble { $0.trustBundles["shop"] = map(former + present($0)) }
        #expect(both == [])
        let cases: [(Observed<JSONValue>, String)] = [
            (.absent, "is not there"), (map(former), "lacks a certificate authority of the operator"),
            (.found(["data": [:]]), "holds no certificate authorities that sidecars can read"),
            (.unreadable("forbidden"), "cannot be looked at (forbidden)"),
        ]
        for (observed, words) in cases {
            let finding = try #require(try trouble { $0.trustBundles["shop"] = observed }.first)
            #expect(finding.subject == "configmap shop/swiftlet-trust-bundle")
            #expect(finding.message.hasPrefix("\(words): 2 sidecars"))
        }
    }

    @Test func aMeshWhoseSidecarsAreNotConnectedIsTold() throws {
        let condition: JSONValue = [
            "type": "SidecarsConnected", "status": "False", "reason": "NotConnected", "message": "shop/web-1",
        ]
        let finding = try only {
            $0.meshes = .found([["metadata": ["name": "default"], "status": ["conditions": [condition]]]])
        }
        #expect(finding.subject == "mesh default")
        #expect(finding.message == "has sidecars that cannot connect: NotConnected: shop/web-1")
    }

    @Test(arguments: ["baseline", "restricted"])
    func namespacesWhosePodSecurityRefusesSidecarsAreNamed(level: String) throws {
        func namespace(_ name: String, _ labels: [String: String]) -> JSONValue {
            ["metadata": ["name": .string(name), "labels": .strings(labels)]]
        }
        let label = "pod-security.kubernetes.io/enforce"
        let finding = try only {
            $0.meshNamespaces = .found([
                namespace("free", [label: "privileged"]), namespace("open", [:]), namespace("shop", [label: level]),
                namespace("told", ["pod-security.kubernetes.io/warn": level]),
            ])
        }
        #expect(finding.subject == "Pod Security in shop" && finding.severity == .warning)
        #expect(finding.message.contains("the level \(level) refuses every pod with a sidecar"))
        #expect(finding.remedy == "kubectl label namespace shop --overwrite \(label)=privileged")
    }
}
