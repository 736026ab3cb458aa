import JSON
import KubeClient
import KubeModel
import PollingSupport
import SwiftletAPI
import Testing
import WebServers

/// What goes wrong is told in the conditions, in the words of whoever found out.
@Suite(TestCluster.isThere)
struct ConditionTests {
    @Test func anImageThatCannotBePulledIsToldAndForgottenOnceItCan() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.createWebServer("web", ["webServerImage": "ngimx"])
                try await eventually("there is a pod") { try await !space.pods().isEmpty }
                try await space.holdPods(reason: "ErrImagePull", message: "manifest unknown: ngimx:latest")
                let told = try await space.untilCondition("Ready", .no, "ErrImagePull")
                #expect(told.message.contains("manifest unknown: ngimx:latest"))
                #expect(told.message.contains("spec.webServerImage"))
                try await space.holdPods(reason: "ImagePullBackOff", message: "Back-off pulling image \"ngimx\"")
                try await space.untilCondition("DeploymentAvailable", .no, "ImagePullBackOff")
                try await space.patchWebServer("web", ["webServerImage": "nginx"])
                try await eventually("the new pod is there") {
                    let images = try await space.pods().map { $0.value[path: "spec", "containers"]?[0]?["image"] }
                    return images.contains("nginx")
                }
                try await space.untilReady()
            }
        }
    }

    @Test func aContainerThatCrashesIsToldWithItsExitCode() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.createWebServer("web", ["command": ["false"]])
                try await eventually("there is a pod") { try await !space.pods().isEmpty }
                let last: JSONValue = [
                    "terminated": ["exitCode": 3, "reason": "Error", "message": "no such directory: /srv"]
                ]
                try await space.holdPods(
                    reason: "CrashLoopBackOff",
                    message: "back-off 10s restarting",
                    lastState: last
                )
                let told = try await space.untilCondition("Ready", .no, "CrashLoopBackOff")
                #expect(told.message.contains("exit code 3 (Error): no such directory: /srv"))
                #expect(told.message.contains("kubectl logs --previous"))
            }
        }
    }

    @Test func aQuotaOnPodsIsToldInItsOwnWords() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.limit("pods", to: "0")
                try await space.createWebServer()
                let told = try await space.untilCondition("Ready", .no, "ReplicaFailure")
                #expect(told.message.contains("exceeded quota: limit"))
            }
        }
    }

    @Test func aQuotaOnServicesIsToldAndOvercomeByItself() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.limit("services", to: "0")
                try await space.createWebServer()
                let told = try await space.untilCondition("Ready", .no, "WriteFailed")
                #expect(told.message.contains("exceeded quota: limit"))
                #expect(told.message.contains("services \(space.name)/web"))
                try await space.untilCondition("Reconciling", .yes, "WriteFailed")
                try await space.delete(.quotas, "limit")
                try await space.untilReady()
            }
        }
    }

    @Test func aChildThatTheServerCallsInvalidIsStalledAndHoldsBackNoOther() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                let resources: JSONValue = ["requests": ["cpu": "2"], "limits": ["cpu": "1"]]
                try await space.createWebServer("web", ["resources": resources])
                let told = try await space.untilCondition("Stalled", .yes, "ChildInvalid")
                #expect(told.message.contains("deployments.apps \(space.name)/web"))
                #expect(told.message.contains("must be less than or equal to cpu limit"))
                try await space.untilCondition("Ready", .no, "ChildInvalid")
                try await space.untilCondition("Reconciling", .no, "Stalled")
                try await space.untilThere(.services)
                #expect(try await space.find(.deployments) == nil)
                try await space.patchWebServer("web", ["resources": .null])
                try await space.untilCondition("Stalled", .no, "NotStalled")
                try await space.untilReady()
            }
        }
    }

    @Test func aMissingIngressClassIsToldUntilThereIsOne() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                let name = "class-\(space.name)"
                try await space.createWebServer("web", ["ingress": ["ingressClass": .string(name)]])
                let told = try await space.untilCondition("IngressAdmitted", .no, "IngressClassNotFound")
                #expect(told.message.contains("IngressClass \"\(name)\" does not exist"))
                try await space.untilCondition("Ready", .no, "Progressing")
                try await eventually("there is a pod") { try await !space.pods().isEmpty }
                try await space.startPods()
                try await space.untilCondition("Ready", .no, "IngressClassNotFound")
                let resource = try #require(space.served.ingressClass)
                try await space.create(resource, name, ["spec": ["controller": "example.com/none"]])
                try await space.untilReady()
                try await space.untilCondition("IngressAdmitted", .unknown, "AddressNotPublished")
                try await space.client.delete(resource, ObjectKey(namespace: "", name: name))
                try await space.untilCondition("IngressAdmitted", .no, "IngressClassNotFound")
            }
        }
    }

    @Test func anAddressOfTheIngressIsTold() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                let ingress = try #require(space.served.ingress)
                try await space.createWebServer("web", ["ingress": ["host": "phys.app"]])
                try await space.untilThere(ingress)
                let status: JSONValue = ["status": ["loadBalancer": ["ingress": [["ip": "192.0.2.7"]]]]]
                try await space.patch(ingress, "web", status, subresource: "status")
                let told = try await space.untilCondition("IngressAdmitted", .yes, "AddressAssigned")
                #expect(told.message.contains("192.0.2.7"))
                #expect(try await space.webServer().status?.url == "http://phys.app/")
            }
        }
    }

    @Test func aSpecThatTheSchemaLetsThroughAndTheRulesDoNotIsStalled() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.createWebServer("web", ["autoscaling": ["minReplicas": 5, "maxReplicas": 2]])
                let told = try await space.untilCondition("Stalled", .yes, "InvalidSpec")
                #expect(told.message.contains("spec.autoscaling.minReplicas"))
                try await space.untilCondition("Ready", .no, "InvalidSpec")
                #expect(try await space.find(.deployments) == nil)
                try await space.patchWebServer("web", ["autoscaling": ["maxReplicas": 5]])
                try await space.untilCondition("Stalled", .no, "NotStalled")
                try await space.untilThere(.deployments)
            }
        }
    }

    @Test func aKindThatIsNotServedCostsItsFeatureAndNothingElse() async throws {
        try await TestCluster.withNamespace { space in
            let served = ServedKinds(ingress: nil, ingressClass: nil, autoscaler: nil, disruptionBudget: nil)
            try await space.withOperator(served: served) { _ in
                try await space.createWebServer("web", ChildrenTests.everything)
                try await space.untilThere(.services)
                try await space.untilThere(.deployments)
                let features = try await space.untilCondition("FeaturesServed", .no, "KindNotServed")
                #expect(features.message.contains("spec.autoscaling"))
                #expect(features.message.contains("spec.disruptionBudget"))
                try await space.untilCondition("IngressAdmitted", .no, "KindNotServed")
                for resource in [space.served.ingress, space.served.autoscaler, space.served.disruptionBudget] {
                    #expect(try await space.find(try #require(resource)) == nil)
                }
            }
        }
    }

    @Test func nothingIsWrittenWhilePausedExceptTheStatus() async throws {
        try await TestCluster.withNamespace { space in
            try await space.withOperator { _ in
                try await space.createWebServer("web", ["paused": true])
                let told = try await space.untilCondition("Reconciling", .no, "Paused")
                #expect(told.message.contains("spec.paused"))
                #expect(try await space.find(.deployments) == nil)
                try await space.patchWebServer("web", ["paused": false])
                try await space.untilReady()
                try await space.patchWebServer("web", ["paused": true, "webServerImage": "nginx:1.22"])
                try await space.untilCondition("Reconciling", .no, "Paused")
                #expect(try await space.get(.deployments).image == "nginx")
                try await space.delete(.services)
                try await space.patchWebServer("web", ["paused": false])
                try await space.untilThere(.services)
                try await space.untilThere(.deployments) { $0.image == "nginx:1.22" }
            }
        }
    }
}

extension APIResource {
    fileprivate static let quotas = APIResource(
        group: "",
        version: "v1",
        kind: "ResourceQuota",
        plural: "resourcequotas"
    )
}

extension TestNamespace {
    /// Makes a quota `limit`, and waits until it is enforced.
    fileprivate func limit(_ resource: String, to amount: JSONValue) async throws {
        try await create(.quotas, "limit", ["spec": ["hard": [resource: amount]]])
        try await untilThere(.quotas, "limit") { $0.value[path: "status", "used", resource] != nil }
    }
}
