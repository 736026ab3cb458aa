import JSON
import Testing

@testable import SwiftletAPI

/// What the API server refuses of metadata is told from the file alone.
struct MetadataRuleTests {
    private func findings(_ metadata: String) throws -> [String] {
        let manifest: JSONValue = [
            "apiVersion": "web.phys.app/v1alpha1", "kind": "WebServer", "metadata": try JSONValue(parsing: metadata),
            "spec": ["webServerImage": "nginx:1.27"],
        ]
        return try WebServer.check(manifest).errors.map(\.description)
    }

    @Test(arguments: [
        #"{"name":"a"}"#, #"{"name":"a","labels":{"tier":"has_no-space.1","a/b":"","x.y/z":"Q"}}"#,
        #"{"name":"a","labels":null,"annotations":null,"finalizers":null,"ownerReferences":null}"#,
        #"{"name":"a","labels":{"x":null}}"#, #"{"name":"a","annotations":{"Example.COM/A":"any text, of any kind"}}"#,
        #"{"name":"a","finalizers":["example.com/cleanup","foregroundDeletion"]}"#, #"{"name":"a","finalizers":[]}"#,
        #"{"name":"a","namespace":""}"#, #"{"name":"a","namespace":"team-1"}"#, #"{"name":"a","generateName":"a-"}"#,
        #"{"name":"a","creationTimestamp":null,"uid":"","resourceVersion":"","generation":1}"#,
        #"{"name":"a","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p","uid":"u"}]}"#,
    ])
    func whatIsRightIsTaken(metadata: String) throws {
        #expect(try findings(metadata) == [])
    }

    @Test(arguments: [
        (#"{"name":"a","labels":{"tier":"has space"}}"#, "metadata.labels.tier: \"has space\" is not valid"),
        (#"{"name":"a","labels":{"tier":"-x"}}"#, "metadata.labels.tier: \"-x\" is not valid"),
        (#"{"name":"a","labels":{"a b":"x"}}"#, "metadata.labels[a b]: \"a b\" is not valid"),
        (#"{"name":"a","labels":{"Example.com/a":"x"}}"#, "is not valid"),
        (#"{"name":"a","labels":{"a/b/c":"x"}}"#, "is not valid"),
        (#"{"name":"a","annotations":{"a b":"x"}}"#, "metadata.annotations[a b]: \"a b\" is not valid"),
        (#"{"name":"a","annotations":{"/a":"x"}}"#, "is not valid"),
        (#"{"name":"a","finalizers":["cleanup"]}"#, "metadata.finalizers[0]: \"cleanup\" is not valid: use a DNS name"),
        (#"{"name":"a","finalizers":["example.com/"]}"#, "metadata.finalizers[0]"),
        (#"{"name":"a","finalizers":["orphan","foregroundDeletion"]}"#, "only one of them is possible"),
        (#"{"name":"a","namespace":"Team"}"#, "metadata.namespace: \"Team\" is not valid"),
        (#"{"name":"a","namespace":"a.b"}"#, "metadata.namespace: \"a.b\" is not valid"),
        (#"{"name":"a","generateName":"A-"}"#, "metadata.generateName"),
        (
            #"{"name":"a","ownerReferences":[{"apiVersion":"v1","kind":"Pod","name":"p"}]}"#,
            "metadata.ownerReferences[0].uid: must not be empty"
        ),
        (
            #"{"name":"a","ownerReferences":[{"apiVersion":"v1","kind":"A","name":"p","uid":"u","controller":true},{"apiVersion":"v1","kind":"A","name":"q","uid":"v","controller":true}]}"#,
            "only one owner can be the controller"
        ),
    ])
    func whatTheServerRefusesIsTold(metadata: String, message: String) throws {
        let findings = try findings(metadata)
        #expect(findings.contains { $0.contains(message) }, "\(findings)")
    }

    @Test(arguments: [(262_143, true), (262_144, false)])
    func annotationsAreBoundedAllTogether(size: Int, isRight: Bool) throws {
        let half = String(repeating: "x", count: size / 2 - 1)
        let rest = String(repeating: "x", count: size - size / 2)
        let found = try findings(#"{"name":"a","annotations":{"a":"\#(half)","b":"\#(rest)"}}"#)
        #expect(found.contains { $0.contains("metadata.annotations: 262145 bytes in all") } == !isRight, "\(found)")
    }
}
