import Testing

@testable import SwiftletAPI

struct SuggestionTests {
    @Test(arguments: [
        ("prot", "port"), ("replcas", "replicas"), ("Ingress", "ingress"), ("image", "webServerImage"),
        ("autoscale", "autoscaling"), ("x", nil), ("", nil), ("persistentVolume", "persistentVolumeClaim"),
    ])
    func `The nearest field is found, and none when nothing is near`(_ text: String, _ expected: String?) {
        let fields = ["autoscaling", "ingress", "persistentVolumeClaim", "port", "replicas", "webServerImage"]
        #expect(nearest(to: text, among: fields) == expected)
    }

    @Test(arguments: [("", "", 0), ("a", "", 1), ("abc", "acb", 1), ("kitten", "sitting", 3), ("ca", "abc", 3)])
    func `Swapped neighbours count once`(_ left: String, _ right: String, _ distance: Int) {
        #expect(editDistance(left, right) == distance)
        #expect(editDistance(right, left) == distance)
    }
}
