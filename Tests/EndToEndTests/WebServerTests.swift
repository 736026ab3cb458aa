import PollingSupport
import Testing

/// WebServers on a real node, as a person meets them.
@Suite(EndToEnd.isThere)
struct WebServerTests {
    @Test func theSampleIsServedShownExplainedAndScaled() async throws {
        try await EndToEnd.withNamespace { kubectl in
            try await OperatorProcess.run(namespace: kubectl.name) { _ in
                let sample = EndToEnd.sample
                try await kubectl("apply", "-f", sample)
                try await kubectl.waitUntilReady("webserver-sample")
                let page = try await eventually("there is a page") { try await kubectl.page("webserver-sample") }
                #expect(page.contains("web"))

                let table = try await kubectl("get", "ws").split(separator: "\n")
                let columns = table.first.map { $0.split(separator: " ").map(String.init) } ?? []
                #expect(columns == ["NAME", "IMAGE", "READY", "URL", "STATUS", "AGE"])
                let row = table.last.map { $0.split(separator: " ").map(String.init) } ?? []
                #expect(row.prefix(4) == ["webserver-sample", "nginx", "1", "http://phys.app/"])
                #expect(
                    try await kubectl("get", "all", "-o", "name").contains("webserver.web.phys.app/webserver-sample")
                )

                let help = try await kubectl("explain", "webserver.spec.ingress")
                for field in ["host", "ingressClass", "path", "pathType", "annotations", "tls"] {
                    #expect(help.contains(field), "\(field) in \(help)")
                }

                try await kubectl("scale", "ws/webserver-sample", "--replicas=3")
                try await eventually("three pods are ready", within: .seconds(60)) {
                    try await kubectl.value("webserver/webserver-sample", ".status.readyReplicas") == "3"
                }
                let pods = try await kubectl("get", "pods", "-o", "name").split(separator: "\n")
                #expect(pods.count == 3)
            }
        }
    }

    @Test func aTypoInTheImageIsToldInTheRegistrysWordsAndHealed() async throws {
        try await EndToEnd.withNamespace { kubectl in
            try await OperatorProcess.run(namespace: kubectl.name) { _ in
                try await kubectl("apply", "-f", "-", input: webServer("webServerImage: ngimx"))
                let told = try await eventually("the typo is told") {
                    let ready = try await kubectl.condition("Ready", of: "web")
                    return ready.contains("ErrImagePull") || ready.contains("ImagePullBackOff") ? ready : nil
                }
                #expect(told.contains("ngimx"))
                try await kubectl("apply", "-f", "-", input: webServer("webServerImage: nginx"))
                try await kubectl.waitUntilReady("web")
                try await eventually("there is a page") { try await kubectl.page("web") != nil }
            }
        }
    }

    @Test func aCrashIsToldWithItsExitCode() async throws {
        try await EndToEnd.withNamespace { kubectl in
            try await OperatorProcess.run(namespace: kubectl.name) { _ in
                let command = #"{webServerImage: nginx, command: [sh, -c, "exit 7"]}"#
                try await kubectl("apply", "-f", "-", input: webServer(command))
                try await eventually("the crash is told", within: .seconds(60)) {
                    let ready = try await kubectl.condition("Ready", of: "web")
                    return ready.contains("CrashLoopBackOff") && ready.contains("exit code 7")
                }
            }
        }
    }

    @Test func changedConfigurationIsServedByNewPods() async throws {
        try await EndToEnd.withNamespace { kubectl in
            try await OperatorProcess.run(namespace: kubectl.name) { _ in
                let spec = """
                    {webServerImage: nginx, configFrom: [{configMap: {name: site}, mountPath: /usr/share/nginx/html}]}
                    """
                try await kubectl("create", "configmap", "site", "--from-literal=index.html=one")
                try await kubectl("apply", "-f", "-", input: webServer(spec))
                try await kubectl.waitUntilReady("web")
                try await eventually("the page is served") { try await kubectl.page("web") == "one" }
                let before = try await kubectl("get", "pods", "-o", "name")
                try await kubectl("patch", "configmap", "site", "--patch", #"{"data": {"index.html": "two"}}"#)
                try await eventually("the other page is served", within: .seconds(60)) {
                    try await kubectl.page("web") == "two"
                }
                #expect(try await kubectl("get", "pods", "-o", "name") != before)
            }
        }
    }

    @Test func aDeletedWebServerLeavesItsClaimAndNothingElse() async throws {
        try await EndToEnd.withNamespace { kubectl in
            try await OperatorProcess.run(namespace: kubectl.name) { _ in
                let spec = """
                    webServerImage: nginx
                      ingress: {host: phys.app}
                      disruptionBudget: {maxUnavailable: 1}
                      autoscaling: {maxReplicas: 2}
                      persistentVolumeClaim: {name: data, mountPath: /data, createIfNotExists: true}
                    """
                try await kubectl("apply", "-f", "-", input: webServer(spec))
                try await kubectl.waitUntilReady("web")
                let kinds =
                    "deployments,replicasets,pods,services,ingresses,horizontalpodautoscalers,poddisruptionbudgets"
                try await kubectl("delete", "webserver", "web")
                try await eventually("the children are gone", within: .seconds(90)) {
                    try await kubectl("get", kinds, "-o", "name").isEmpty
                }
                #expect(try await kubectl.value("persistentvolumeclaim/data", ".status.phase") == "Bound")
            }
        }
    }

    @Test func anOperatorThatIsStartedAgainWritesNothing() async throws {
        try await EndToEnd.withNamespace { kubectl in
            try await OperatorProcess.run(namespace: kubectl.name) { process in
                let sample = EndToEnd.sample
                try await kubectl("apply", "-f", sample)
                try await kubectl.waitUntilReady("webserver-sample")
                // What is still to be written, such as events, is for this one to write.
                try await process.untilQuiet()
            }
            @Sendable func version() async throws -> String {
                try await kubectl.value("webserver/webserver-sample", ".metadata.resourceVersion")
            }
            let before = try await version()
            try await OperatorProcess.run(namespace: kubectl.name) { process in
                try await eventually("the operator is ready") { try await process.isReady() }
                do {
                    try await always("no request but reads", for: .seconds(20)) { try await process.writes() ?? 0 == 0 }
                } catch {
                    throw ProgramError(description: "\(error); its log: \(try process.logged())")
                }
                #expect(try await process.writes() == 0)
                #expect(try await version() == before)
                // It was awake.
                try await kubectl("delete", "service", "webserver-sample")
                try await eventually("the Service is back") {
                    try await !kubectl.value("service/webserver-sample", ".metadata.name").isEmpty
                }
            }
        }
    }

    private func webServer(_ spec: String) -> String {
        """
        apiVersion: web.phys.app/v1alpha1
        kind: WebServer
        metadata: {name: web}
        spec:
          \(spec)
        """
    }
}
