import JSON
import KubeModel
import Testing

struct IdentityTests {
    @Test(
        arguments: [
            "123e4567-e89b-12d3-a456-426614174000", "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "123E4567-e89b-12d3-a456-426614174000", "not-a-uuid", "", "123e4567-e89b-12d3-a456-42661417400", "é",
        ]
    )
    func aUIDGivesBackItsText(text: String) {
        #expect(UID(text).description == text)
        #expect(UID(text) == UID(text))
    }

    @Test func uidsThatDifferInOneDigitDiffer() {
        #expect(UID("123e4567-e89b-12d3-a456-426614174000") != UID("123e4567-e89b-12d3-a456-426614174001"))
        #expect(UID("023e4567-e89b-12d3-a456-426614174000") != UID("123e4567-e89b-12d3-a456-426614174000"))
    }

    @Test(
        arguments: [
            (APIResource.pods, "default", "a", nil, "/api/v1/namespaces/default/pods/a"),
            (.pods, nil, nil, nil, "/api/v1/pods"), (.namespaces, "ignored", "a", nil, "/api/v1/namespaces/a"),
            (.deployments, "d", "a", "status", "/apis/apps/v1/namespaces/d/deployments/a/status"),
            (.pods, "d", "../../secrets/x", nil, "/api/v1/namespaces/d/pods/..%2F..%2Fsecrets%2Fx"),
            (.pods, "d", "a?b=c#d", nil, "/api/v1/namespaces/d/pods/a%3Fb%3Dc%23d"),
        ] as [(APIResource, String?, String?, String?, String)]
    )
    func pathsAreThoseOfTheAPIAndNoNameLeavesItsPlace(
        resource: APIResource,
        namespace: String?,
        name: String?,
        subresource: String?,
        path: String
    ) {
        #expect(resource.path(namespace: namespace, name: name, subresource: subresource) == path)
    }

    @Test func apiVersionsHaveAGroupOrNone() {
        #expect(GroupVersion("v1") == GroupVersion(group: "", version: "v1"))
        #expect(GroupVersion("apps/v1") == GroupVersion(group: "apps", version: "v1"))
        #expect(GroupVersion("apps/v1").description == "apps/v1")
    }

    @Test func metadataIsReadWithoutManagedFields() throws {
        let text = """
            {"name":"a","namespace":"n","uid":"u","resourceVersion":"7","generation":2,"labels":{"a":"b"},"annotations":null,
             "managedFields":[{"manager":"x","fieldsV1":{"f:a":{}}}],"finalizers":["f"],"creationTimestamp":"2026-11-21T10:47:02Z",
             "ownerReferences":[{"apiVersion":"v1","kind":"K","name":"o","uid":"1","controller":true}],"selfLink":"/x"}
            """
        var reader = JSONReader(Array(text.utf8))
        let metadata = try ObjectMeta(from: &reader)
        #expect(metadata.key == ObjectKey(namespace: "n", name: "a"))
        #expect(metadata.resourceVersion == ResourceVersion(7))
        #expect(metadata.labels == ["a": "b"])
        #expect(metadata.annotations == [:])
        #expect(metadata.controller?.name == "o")
        #expect(!metadata.isBeingDeleted)
    }

    @Test func aResourceVersionThatIsNoNumberIsAnError() {
        var reader = JSONReader(Array(#"{"name":"a","resourceVersion":"x"}"#.utf8))
        #expect(throws: JSONError.self) { try ObjectMeta(from: &reader) }
    }

    @Test func whatOnlyTheServerWritesIsNotCompared() {
        let object = DynamicObject([
            "kind": "K",
            "metadata": ["name": "a", "uid": "u", "resourceVersion": "1", "managedFields": [], "labels": ["a": "b"]],
            "status": ["x": 1],
        ])
        #expect(object.withoutServerFields().value == ["kind": "K", "metadata": ["name": "a", "labels": ["a": "b"]]])
    }
}
