import JSON
import KubeModel
import Testing
import WebServers

@testable import Operator

/// What the operator keeps of the objects that it watches.
struct StoredObjectTests {
    private func decoded<Object: WireObject>(_ text: String, as type: Object.Type = Object.self) throws -> Object {
        var reader = JSONReader(Array(text.utf8))
        return try Object(json: &reader)
    }

    private static let metadata = #""name": "web", "namespace": "a", "uid": "u", "resourceVersion": "7""#

    // MARK: - Children

    private static func child(owner: String) -> String {
        """
        {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 3}, "status": {"replicas": 2},
         "metadata": {\(metadata), "labels": {"a": "b"}, "annotations": {"c": "d"}, "ownerReferences": [\(owner)]}}
        """
    }

    @Test func aChildIsKeptWithSpecAndStatus() throws {
        let owner =
            #"{"apiVersion": "web.phys.app/v1alpha1", "kind": "WebServer", "name": "web", "uid": "o", "controller": true}"#
        let child = try decoded(Self.child(owner: owner), as: ChildObject.self)
        let observed = try child.observed(as: .deployments)
        #expect(observed.object.value[path: "spec", "replicas"] == 3)
        #expect(observed.object.value[path: "metadata", "labels", "a"] == "b")
        #expect(observed.object.value[path: "metadata", "annotations", "c"] == "d")
        #expect(observed.object.kind == "Deployment")
        #expect(observed.status == ["replicas": 2])
        #expect(observed.metadata.controller?.uid == UID("o"))
        #expect(child.resourceVersion == ResourceVersion(7))
    }

    @Test(
        arguments: [
            "", #"{"apiVersion": "apps/v1", "kind": "WebServer", "name": "web", "uid": "o", "controller": true}"#,
            #"{"apiVersion": "web.phys.app/v1alpha1", "kind": "WebServer", "name": "web", "uid": "o"}"#,
            #"{"apiVersion": "web.phys.app/v1alpha1", "kind": "Other", "name": "web", "uid": "o", "controller": true}"#,
        ]
    )
    func ofAnObjectOfOthersOnlyItsIdentityIsKept(owner: String) throws {
        let child = try decoded(Self.child(owner: owner), as: ChildObject.self)
        let observed = try child.observed(as: .deployments)
        #expect(child.key == ObjectKey(namespace: "a", name: "web"))
        #expect(child.uid == UID("u"))
        #expect(observed.object.value["spec"] == nil)
        #expect(observed.metadata.labels.isEmpty)
        #expect(observed.status == [:])
        #expect(observed.metadata.controller == nil)
    }

    // MARK: - Pods

    @Test func aPodTellsWhyItsContainersWaitAndHowTheyEnded() throws {
        let pod = try decoded(
            """
            {"metadata": {\(Self.metadata), "labels": {"app.kubernetes.io/instance": "web"}}, "status": {
              "containerStatuses": [{"name": "web", "restartCount": 4,
                "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}},
                "lastState": {"terminated": {"exitCode": 3, "reason": "Error", "message": "no"}}}],
              "initContainerStatuses": [{"name": "init", "state": {"terminated": {"exitCode": 0}}}],
              "conditions": [{"type": "PodScheduled", "status": "False", "message": "no nodes"}]}}
            """,
            as: PodObject.self
        )
        #expect(pod.instance == "web")
        #expect(!pod.pod.isReady)
        #expect(pod.pod.unschedulable == "no nodes")
        #expect(pod.pod.containers.map(\.name) == ["init", "web"])
        let container = try #require(pod.pod.containers.last)
        #expect(container.waitingReason == "CrashLoopBackOff")
        #expect(container.waitingMessage == "back-off")
        #expect(container.terminatedReason == "Error")
        #expect(container.terminatedMessage == "no")
        #expect(container.exitCode == 3)
        #expect(container.restartCount == 4)
    }

    @Test func aReadyPodIsKeptWithoutItsParts() throws {
        let pod = try decoded(
            """
            {"metadata": {\(Self.metadata), "deletionTimestamp": "2026-01-02T03:04:05Z"}, "status": {
              "conditions": [{"type": "Ready", "status": "True"}], "containerStatuses": [{"name": "web"}]}}
            """,
            as: PodObject.self
        )
        #expect(pod.pod.isReady)
        #expect(pod.pod.isBeingDeleted)
        #expect(pod.pod.containers.isEmpty)
        #expect(pod.instance == "")
    }

    /// The dry run reads whole pods, the operator reads these: both must see the same.
    @Test func aWholePodIsSeenLikeAStoredOne() throws {
        let text = """
            {"metadata": {\(Self.metadata)}, "status": {"conditions": [{"type": "Ready", "status": "False"}],
              "containerStatuses": [{"name": "web", "restartCount": 1,
                "state": {"waiting": {"reason": "ErrImagePull", "message": "not found"}}}]}}
            """
        let whole = ObservedPod(DynamicObject(try JSONValue(parsing: Array(text.utf8))))
        #expect(try decoded(text, as: PodObject.self).pod == whole)
    }

    // MARK: - Configuration and claims

    @Test func theDigestIsOfTheContentAndTheObjectAlone() throws {
        func digest(_ uid: String, _ rest: String) throws -> String {
            let text =
                #"{"metadata": {"name": "c", "namespace": "a", "uid": "\#(uid)", "resourceVersion": "1"}, \#(rest)}"#
            let stored = try decoded(text, as: ConfigObject.self)
            #expect(ConfigDigest.of(DynamicObject(try JSONValue(parsing: Array(text.utf8)))) == stored.digest)
            return stored.digest
        }
        let digest1 = try digest("u", #""data": {"a": "1", "b": "<&>"}"#)
        #expect(try digest("u", #""data": {"b": "\u003c\u0026\u003e", "a": "1"}, "immutable": false"#) == digest1)
        #expect(try digest("u", #""data": {"a": "2", "b": "<&>"}"#) != digest1)
        #expect(try digest("other", #""data": {"a": "1", "b": "<&>"}"#) != digest1)
        #expect(try digest("u", #""binaryData": {"a": "1", "b": "<&>"}"#) != digest1)
    }

    @Test func aClaimIsKeptWithPhaseModesAndClass() throws {
        let text = """
            {"metadata": {\(Self.metadata)}, "status": {"phase": "Bound", "accessModes": ["ReadWriteMany"]},
             "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "resources": {}}}
            """
        let claim = try decoded(text, as: ClaimObject.self).claim
        #expect(claim == ObservedClaim(phase: "Bound", accessModes: ["ReadWriteOnce"], storageClass: "fast"))
        let bare = try decoded(
            #"{"metadata": {\#(Self.metadata)}, "spec": {"storageClassName": null}}"#,
            as: ClaimObject.self
        )
        #expect(bare.claim == ObservedClaim(phase: "Pending", accessModes: [], storageClass: nil))
    }

    @Test(arguments: ["", "[]", "{", #"{"metadata": {"name": 1}}"#, #"{"status": {"containerStatuses": {}}}"#])
    func nonsenseIsAnError(text: String) {
        #expect(throws: (any Error).self) { try decoded(text, as: PodObject.self) }
    }
}
