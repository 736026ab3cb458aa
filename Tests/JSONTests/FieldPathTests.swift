import JSON
import Testing

@Suite struct FieldPathTests {
    @Test(
        arguments: [
            ([], ""),
            (["spec"], "spec"),
            (["spec", "ingress", "tls", 0, "secretName"], "spec.ingress.tls[0].secretName"),
            (["metadata", "annotations", "example.com/x"], "metadata.annotations[example.com/x]"),
            (["data", "a.b", "c"], "data[a.b].c"),
            ([3, "name"], "[3].name"),
            (["data", ""], "data[]"),
        ] as [(FieldPath, String)]
    )
    func `is written as the API server writes it`(path: FieldPath, expected: String) {
        #expect("\(path)" == expected)
    }

    @Test func `leads to a value`() {
        let value: JSONValue = ["spec": ["tls": [["secretName": "a"], ["secretName": "b"]]]]
        #expect(value[["spec", "tls", 1, "secretName"] as FieldPath] == "b")
        #expect(value[["spec", "tls", 2, "secretName"] as FieldPath] == nil)
        #expect(value[["spec", 0] as FieldPath] == nil)
        #expect(value[FieldPath()] == value)
    }

    @Test func `sorts parents first and indexes by number`() {
        let sorted: [FieldPath] = [["a"], ["a", 2], ["a", 10], ["a", "b"], ["b"]]
        #expect(sorted.reversed().sorted() == sorted)
        #expect(sorted[1].parent == sorted[0])
        #expect(FieldPath().parent == nil)
    }
}
