import JSON
import KubeClient
import KubeModel
import PollingSupport
import SwiftletAPI
import WebServers

extension TestNamespace {
    /// Waits until the present spec has a condition with this status and reason.
    @discardableResult
    func untilCondition(
        _ type: String,
        _ status: Condition.Status,
        _ reason: String,
        of object: String = "web"
    ) async throws -> Condition {
        do {
            return try await eventually("") {
                let webServer = try await webServer(object)
                guard let condition = webServer.status?.conditions[type: type],
                    condition.status == status, condition.reason == reason,
                    condition.observedGeneration == webServer.metadata.generation
                else { return nil }
                return condition
            }
        } catch is NeverHappened {
            let story = await story(object)
            throw NeverHappened(description: "\(object) never was \(type)=\(status.rawValue) \(reason); \(story)")
        }
    }

    /// Waits until the operator has nothing more to write for the present spec, whatever the pods do.
    @discardableResult
    func untilWritten(_ object: String = "web") async throws -> WebServer {
        do {
            return try await eventually("") {
                let webServer = try await webServer(object)
                guard let available = webServer.status?.conditions[type: "DeploymentAvailable"],
                    available.reason != "Creating",
                    webServer.status?.observedGeneration == webServer.metadata.generation
                else { return nil }
                return webServer
            }
        } catch is NeverHappened {
            throw NeverHappened(description: "the children of \(object) were never written; \(await story(object))")
        }
    }

    /// Waits until the WebServer is ready and nothing is left to do, starting its pods like a kubelet.
    @discardableResult
    func untilReady(_ object: String = "web") async throws -> WebServer {
        do {
            return try await eventually("") {
                try await startPods(of: object)
                let webServer = try await webServer(object)
                guard let status = webServer.status, status.observedGeneration == webServer.metadata.generation,
                    status.conditions[type: "Ready"]?.status == .yes,
                    status.conditions[type: "Reconciling"]?.status == .no
                else { return nil }
                return webServer
            }
        } catch is NeverHappened {
            throw NeverHappened(description: "\(object) was never ready; \(await story(object))")
        }
    }
}

// MARK: - In place of a kubelet

extension TestNamespace {
    func pods(of object: String = "web") async throws -> [DynamicObject] {
        try await list(.pods, matching: LabelSelector(matchLabels: WebServerNames.podSelector(object)))
    }

    /// Marks all pods ready that are not.
    func startPods(of object: String = "web") async throws {
        for pod in try await pods(of: object) where pod.value[path: "status", "phase"] != "Running" {
            try await setStatus(of: pod, phase: "Running", isReady: true, state: ["running": [:]])
        }
    }

    /// Makes the container of each pod wait.
    func holdPods(of object: String = "web", reason: String, message: String, lastState: JSONValue? = nil) async throws
    {
        for pod in try await pods(of: object) {
            try await setStatus(
                of: pod,
                phase: "Pending",
                isReady: false,
                state: ["waiting": ["reason": .string(reason), "message": .string(message)]],
                lastState: lastState
            )
        }
    }

    private func setStatus(
        of pod: DynamicObject,
        phase: String,
        isReady: Bool,
        state: JSONValue,
        lastState: JSONValue? = nil
    ) async throws {
        let container: JSONValue = .compact([
            "name": .string(WebServerNames.container), "image": "nginx", "imageID": "", "ready": .bool(isReady),
            "restartCount": lastState == nil ? 0 : 3, "state": state, "lastState": lastState,
        ])
        let condition: JSONValue = ["type": "Ready", "status": .string(isReady ? "True" : "False")]
        do {
            try await patch(
                .pods,
                pod.name,
                ["status": ["phase": .string(phase), "conditions": [condition], "containerStatuses": [container]]],
                subresource: "status"
            )
        } catch let error as KubeError where error.isNotFound {
            // Deleted meanwhile.
        }
    }
}
