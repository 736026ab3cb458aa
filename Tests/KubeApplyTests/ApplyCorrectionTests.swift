import JSON
import KubeApply
import KubeModel
import Testing

/// What an apply leaves wrong, by the version of the server.
struct ApplyCorrectionTests {
    private static func deployment(_ podSpec: JSONValue) -> DynamicObject {
        DynamicObject([
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web"],
            "spec": ["template": ["spec": podSpec]],
        ])
    }

    private static func environment(_ names: String...) -> DynamicObject {
        let variables = names.map { name -> JSONValue in ["name": .string(name), "value": .string("of \(name)")] }
        return deployment(["containers": [["name": "web", "env": .array(variables)]]])
    }

    private static func service(_ selector: JSONValue) -> DynamicObject {
        DynamicObject([
            "apiVersion": "v1", "kind": "Service", "metadata": ["labels": ["a": "b"]], "spec": ["selector": selector],
        ])
    }

    private static func names(_ object: DynamicObject) -> [String?] {
        let containers = object.value[path: "spec", "template", "spec", "containers"]
        return (containers?[0]?["env"]?.arrayValue ?? []).map { $0["name"]?.stringValue }
    }

    @Test func variablesComeInTheOrderOfTheIntentAndThoseOfOthersStayInTheirPlaces() {
        let present = Self.environment("URL", "FOREIGN", "HOST")
        let corrected = ApplyCorrection.corrected(present, by: Self.environment("HOST", "URL"))
        #expect(Self.names(corrected) == ["HOST", "FOREIGN", "URL"])
    }

    @Test func listsWhoseOrderMeansNothingStayAsTheyAre() {
        func volumes(_ names: String...) -> DynamicObject {
            Self.deployment(["volumes": .array(names.map { ["name": .string($0)] })])
        }
        #expect(ApplyCorrection.corrected(volumes("b", "a"), by: volumes("a", "b")) == volumes("b", "a"))
    }

    @Test func whatOthersAddToASelectorGoesAndWhatTheyAddToLabelsStays() {
        var present = Self.service(["app": "web", "canary": "yes"])
        present.value[path: "metadata", "labels", "team"] = "a"
        var expected = present
        expected.value[path: "spec", "selector", "canary"] = nil
        #expect(ApplyCorrection.corrected(present, by: Self.service(["app": "web"])) == expected)
    }

    @Test(arguments: [["disk": "ssd"], nil] as [JSONValue?])
    func aNodeSelectorIsOfTheApplierAlone(_ wanted: JSONValue?) {
        let present = Self.deployment(["nodeSelector": ["disk": "ssd", "zone": "a"], "hostname": "x"])
        let intent = Self.deployment(.compact(["nodeSelector": wanted]))
        let expected = Self.deployment(.compact(["nodeSelector": wanted, "hostname": "x"]))
        #expect(ApplyCorrection.corrected(present, by: intent) == expected)
    }

    @Test(arguments: [(20, true), (21, false), (22, false), (24, false), (36, false)])
    func aMapThatTheServerReplacesNeedsNoCorrection(minor: Int, isNeeded: Bool) {
        let present = Self.service(["app": "web", "canary": "yes"])
        #expect(needsCorrection(Self.service(["app": "web"]), on: present, minor: minor) == isNeeded)
    }

    @Test(arguments: [(20, true), (23, true), (24, false), (36, false)])
    func aListThatTakesTheAppliedOrderNeedsNoCorrection(minor: Int, isNeeded: Bool) {
        let present = Self.environment("URL")
        #expect(needsCorrection(Self.environment("HOST", "URL"), on: present, minor: minor) == isNeeded)
        // What comes last anyway is no trouble for any.
        #expect(!needsCorrection(Self.environment("URL", "HOST"), on: present, minor: minor))
    }

    /// No apply says that there must be none.
    @Test(arguments: [20, 36])
    func aNodeSelectorOfOthersAloneNeedsCorrectionEverywhere(minor: Int) {
        let present = Self.deployment(["nodeSelector": ["zone": "a"]])
        #expect(needsCorrection(Self.deployment([:]), on: present, minor: minor))
    }

    private func needsCorrection(_ intent: DynamicObject, on live: DynamicObject, minor: Int) -> Bool {
        let semantics = ApplySemantics(major: 1, minor: minor)
        return ApplyCorrection.isNeeded(after: intent, on: live, manager: "us", semantics: semantics)
    }
}
