import Foundation
import PollingSupport
import Testing

/// The operator in a cluster, installed, upgraded and removed as people do it, under the rights that it is given.
///
/// Run by itself: there is one installation in a cluster.
@Suite(EndToEnd.isThere, Load.isThere, Release.isThere, .serialized)
struct InstallTests {
    private static let samples = EndToEnd.repository.appending(path: "manifests/samples")
    private let team = KubectlNamespace(name: "install-team")
    private let tutorial = KubectlNamespace(name: "kong-mesh-app")
    private let slipped = KubectlNamespace(name: "install-slipped")

    @Test(.timeLimit(.minutes(15)))
    func helmInstallsUpgradesRollsBackAndUninstalls() async throws {
        try await Release.clear()
        let start = Date.now
        try await Release.helm("install", "swiftlet", Release.chart, "--create-namespace", "--wait")
        try await Release.waitUntilOneLeads()
        try await serveAWebServer()
        try await runTheTutorial()
        try await evictASlippedPod()
        try await makeTheCertificatesAgain()
        try await upgradeAndRollBackUnderLoad()
        try await compareRights(since: start)

        let authority = try await Release.system.value("secret/swiftlet-certificates", ".data.ca\\.crt")
        try await Release.helm("uninstall", "swiftlet", "--wait")
        // Sidecars go on, and trust the next operator.
        try await eventually("only the authority is left", within: .seconds(90)) {
            try await Release.remains() == ["secret/swiftlet-certificates"]
        }
        try await nobodyIsHeldUp()
        // What people wrote is still there, and the next installation goes on with it.
        #expect(try await team.value("webserver/webserver-sample", ".metadata.name") == "webserver-sample")
        try await Release.helm("install", "swiftlet", Release.chart, "--wait")
        #expect(try await Release.system.value("secret/swiftlet-certificates", ".data.ca\\.crt") == authority)
        try await eventually("the WebServer follows again", within: .seconds(60)) {
            try await team("scale", "ws/webserver-sample", "--replicas=2")
            return try await team.value("deployment/webserver-sample", ".spec.replicas") == "2"
        }
        try await Release.helm("uninstall", "swiftlet", "--wait")
        try await cleanUp()
    }

    @Test(.timeLimit(.minutes(10)))
    func kubectlInstallsAndRemovesTheSame() async throws {
        try await Release.clear()
        try await Release.system("apply", "--server-side", "-f", Release.manifest)
        try await Release.system("rollout", "status", "deployment/swiftlet", "--timeout=60s")
        try await Release.waitUntilOneLeads()
        try await serveAWebServer()
        try await runTheTutorial()
        // Once more changes nothing: what the operator filled in stays.
        let version = try await Release.system.value("secret/swiftlet-certificates", ".metadata.resourceVersion")
        try await Release.system("apply", "--server-side", "-f", Release.manifest)
        #expect(
            try await Release.system.value("secret/swiftlet-certificates", ".metadata.resourceVersion") == version
        )
        // Webhooks first: nobody answers them once the rest is gone.
        try await Release.system(
            "delete",
            "mutatingwebhookconfiguration/swiftlet-injector",
            "validatingwebhookconfiguration/swiftlet-validator"
        )
        try await Release.system("delete", "--ignore-not-found", "--wait=false", "-f", Release.manifest)
        try await nobodyIsHeldUp()
        try await eventually("nothing is left", within: .seconds(90)) { try await Release.remains().isEmpty }
        try await cleanUp()
    }

    // MARK: - Steps

    private func make(_ namespace: KubectlNamespace) async throws {
        try await namespace("delete", "--ignore-not-found", "namespace", namespace.name)
        try await namespace("create", "namespace", namespace.name)
    }

    private func cleanUp() async throws {
        for namespace in [team, tutorial, slipped] {
            try await namespace("delete", "--ignore-not-found", "--wait=false", "namespace", namespace.name)
        }
    }

    /// The sample, and all that can be added and taken away again.
    private func serveAWebServer() async throws {
        try await make(team)
        try await team("apply", "-f", EndToEnd.sample)
        try await team.waitUntilReady("webserver-sample")
        try await eventually("there is a page") { try await team.page("webserver-sample") != nil }
        let more = #"{"spec": {"autoscaling": {"maxReplicas": 2}, "disruptionBudget": {"maxUnavailable": 1}}}"#
        try await team("patch", "webserver", "webserver-sample", "--type=merge", "--patch", more)
        let added = "horizontalpodautoscaler/webserver-sample,poddisruptionbudget/webserver-sample"
            .split(separator: ",").map(String.init)
        for object in added {
            try await eventually("\(object) is there") { try await !team.value(object, ".metadata.name").isEmpty }
        }
        let less = #"{"spec": {"autoscaling": null, "disruptionBudget": null, "ingress": null}}"#
        try await team("patch", "webserver", "webserver-sample", "--type=merge", "--patch", less)
        for object in added + ["ingress/webserver-sample"] {
            try await eventually("\(object) is gone") { try await team.value(object, ".metadata.name").isEmpty }
        }
        // The validator is asked, and says no.
        let refusal = await #expect(throws: ProgramError.self) {
            try await team("patch", "webserver", "webserver-sample", "--type=merge", "--patch", Self.nonsense)
        }
        #expect(
            refusal?.description.contains("is taken by persistentVolumeClaim") == true,
            "\(refusal?.description ?? "")"
        )
        // A fault that lasts is told again and again: as one event.
        let typo = #"{"spec": {"webServerImage": "ngimx"}}"#
        try await team("patch", "webserver", "webserver-sample", "--type=merge", "--patch", typo)
        try await eventually("the typo is told") {
            try await team.condition("Ready", of: "webserver-sample").contains("ngimx")
        }
        try await team("apply", "-f", EndToEnd.sample)
        try await team.waitUntilReady("webserver-sample")
    }

    /// What the schema lets pass and makes no sense.
    private static let nonsense =
        #"{"spec": {"configFrom": [{"configMap": {"name": "site"}, "mountPath": "/usr/share/nginx/html"}]}}"#

    private func runTheTutorial() async throws {
        try await make(tutorial)
        try await tutorial("annotate", "namespace", tutorial.name, "kuma.io/sidecar-injection=enabled")
        try await eventually("the annotation is mirrored") {
            try await !tutorial.value("namespace/\(tutorial.name)", ".metadata.labels.kuma\\.io/sidecar-injection")
                .isEmpty
        }
        try await tutorial("apply", "-f", Self.samples.appending(path: "canary-workloads.yaml").path)
        try await tutorial("wait", "--for=condition=Available", "deployments", "--all", "--timeout=120s")
        try await tutorial("apply", "-f", Self.samples.appending(path: "canary-trafficroute.yaml").path)
        try await eventually("the route is programmed", within: .seconds(60)) {
            try await tutorial.value("trafficroute/route-1", ".status.conditions[?(@.type==\"Programmed\")].status")
                == "True"
        }
        let split = try await Load.run(try await url(), "--requests", "2000", "--concurrency", "4")
        #expect(split.failed == 0, "\(split.report)")
        #expect((110...300).contains(split.answers("Hello World, Benigno, Canary Release")), "\(split.report)")
    }

    private func url() async throws -> String {
        "http://\(try await tutorial.value("service/magnanimo", ".spec.clusterIP")):4000/hw2"
    }

    /// A pod that was there before its namespace asked for sidecars, and asks that such pods be made anew.
    private func evictASlippedPod() async throws {
        try await make(slipped)
        try await slipped("create", "deployment", "early", "--image=nginx")
        try await slipped("wait", "--for=condition=Available", "deployment/early", "--timeout=90s")
        try await slipped(
            "annotate",
            "namespace",
            slipped.name,
            "kuma.io/sidecar-injection=enabled",
            "swiftlet.phys.app/restart-pods-without-sidecar=true"
        )
        try await eventually("its successor has a sidecar", within: .seconds(120)) {
            // From 1.29 on it is an init container that runs on.
            try await slipped(
                "get",
                "pods",
                "-o",
                "jsonpath={.items[*].spec.containers[*].name} {.items[*].spec.initContainers[*].name}"
            ).contains("kuma-sidecar")
        }
    }

    /// Whoever deletes the Secret gets other certificates, and pods go on being injected.
    private func makeTheCertificatesAgain() async throws {
        let authority = try await Release.system.value("secret/swiftlet-certificates", ".data.ca\\.crt")
        try await Release.system("delete", "secret", "swiftlet-certificates")
        try await eventually("the Secret is there again, with the authority that sidecars trust", within: .seconds(60))
        {
            try await Release.system.value("secret/swiftlet-certificates", ".data.ca\\.crt") == authority
        }
        try await eventually("pods are injected", within: .seconds(60)) {
            let dryRun = [
                "run", "asked", "--image=nginx", "--dry-run=server", "-o",
                "jsonpath={.spec.containers[*].name} {.spec.initContainers[*].name}",
            ]
            let run = try await EndToEnd.kubectl(["--namespace", tutorial.name] + dryRun)
            return run.status == 0 && run.output.contains("kuma-sidecar")
        }
    }

    /// Another image, and back, while requests run and somebody looks who leads.
    private func upgradeAndRollBackUnderLoad() async throws {
        let url = try await url()
        let before = Set(try await Release.pods().map(\.name))
        async let load = Load.run(url, "--rate", "200", "--seconds", "60", "--concurrency", "8")
        let (seen, most) = try await Release.watchingLeaders {
            try await Release.helm("upgrade", "swiftlet", Release.chart, "--set", "image.tag=next", "--wait")
            #expect(
                try await Release.system.value("deployment/swiftlet", ".spec.template.spec.containers[0].image")
                    .hasSuffix(":next")
            )
            // A change in the middle of it is taken on by whoever leads.
            try await tutorial("apply", "-f", Self.samples.appending(path: "canary-trafficroute.yaml").path)
            try await Release.helm("rollback", "swiftlet", "--wait")
            try await Release.system("rollout", "status", "deployment/swiftlet", "--timeout=60s")
        }
        let result = try await load
        #expect(result.failed == 0, "\(result.report)")
        #expect(most == 1, "\(most) led at once")
        #expect(seen > 5)
        try await eventually("those of before are gone", within: .seconds(90)) { try await Release.pods().count == 2 }
        #expect(before.isDisjoint(with: try await Release.pods().map(\.name)))
        try await Release.waitUntilOneLeads()
    }

    /// Nothing was refused, and nothing is allowed that nobody asked for, as far as the tests can lead to it.
    private func compareRights(since start: Date) async throws {
        let pods = try await Release.pods()
        #expect(pods.count == 2)
        for pod in pods {
            #expect(try await pod.metric("rest_client_requests_total") ?? 0 > 10)
            let refused = try await pod.metric("rest_client_requests_total") { $0.contains("code=\"403\"") }
            #expect(refused == 0, "\(pod.name) was refused \(refused ?? -1) requests")
        }
        guard RightsUsed.isThere else { return }
        let rights = try await RightsUsed(since: start)
        #expect(rights.used.count > 20 && rights.granted.count > 20)
        #expect(rights.forbidden.isEmpty, "refused: \(rights.forbidden.sorted())")
        let idle = rights.unused.map(\.description).filter { !Self.neededForWhatIsRare.contains($0) }
        #expect(idle.isEmpty, "allowed and never used: \(idle)")
        // What turns out to be used is no exception any more.
        let listed = Self.neededForWhatIsRare.subtracting(rights.unused.map(\.description))
        #expect(listed.isSubset(of: Self.sometimes), "used after all: \(listed.subtracting(Self.sometimes).sorted())")
    }

    /// Asked for only when somebody else creates an object of the same name in the same moment, and on clusters that enforce rights over owners.
    private static let neededForWhatIsRare: Set<String> = [
        "get deployments.apps", "get services", "get ingresses.networking.k8s.io",
        "get horizontalpodautoscalers.autoscaling", "get poddisruptionbudgets.policy", "get persistentvolumeclaims",
        "update webservers.web.phys.app/finalizers",
        // A pod of a namespace that was made a moment ago.
        "get namespaces",
        // An event that is repeated.
        "patch events.events.k8s.io",
        // Another certificate authority, or a bundle that somebody changed.
        "patch configmaps (swiftlet-trust-bundle)",
    ]
    /// Of these, what may happen in the test all the same.
    private static let sometimes: Set<String> = [
        "get deployments.apps", "get services", "get ingresses.networking.k8s.io",
        "get horizontalpodautoscalers.autoscaling", "get poddisruptionbudgets.policy", "get persistentvolumeclaims",
        "get namespaces", "patch events.events.k8s.io", "patch configmaps (swiftlet-trust-bundle)",
    ]

    /// Pods can be made where the injector was asked, and our own kinds be written.
    private func nobodyIsHeldUp() async throws {
        for namespace in [tutorial, team] {
            try await namespace("create", "deployment", "after", "--image=nginx")
            try await namespace("wait", "--for=condition=Available", "deployment/after", "--timeout=90s")
            try await namespace("delete", "deployment", "after")
        }
    }
}
