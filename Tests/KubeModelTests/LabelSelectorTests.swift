import KubeModel
import Testing

struct LabelSelectorTests {
    @Test(
        arguments: [
            (.equals("a", "1"), ["a": "1"], true), (.equals("a", "1"), ["a": "2"], false),
            (.equals("a", "1"), [:], false),
            (.notEquals("a", "1"), ["a": "2"], true), (.notEquals("a", "1"), [:], true),
            (.notEquals("a", "1"), ["a": "1"], false),
            (.isIn("a", ["1", "2"]), ["a": "2"], true), (.isIn("a", ["1"]), ["a": "3"], false),
            (.isIn("a", ["1"]), [:], false),
            (.isNotIn("a", ["1"]), ["a": "2"], true), (.isNotIn("a", ["1"]), [:], true),
            (.isNotIn("a", ["1"]), ["a": "1"], false),
            (.exists("a"), ["a": ""], true), (.exists("a"), [:], false), (.doesNotExist("a"), [:], true),
            (.doesNotExist("a"), ["a": "x"], false),
        ] as [(LabelSelector.Requirement, [String: String], Bool)]
    )
    func requirementsMatchAsTheServersDo(
        requirement: LabelSelector.Requirement,
        labels: [String: String],
        matches: Bool
    ) {
        #expect(LabelSelector([requirement]).matches(labels) == matches)
    }

    @Test func allRequirementsMustHoldAndNoneMatchesEverything() {
        let selector = LabelSelector([.equals("a", "1"), .exists("b")])
        #expect(selector.matches(["a": "1", "b": ""]))
        #expect(!selector.matches(["a": "1"]))
        #expect(LabelSelector().matches([:]))
    }

    @Test func theQueryTextIsTheServersForm() {
        let selector = LabelSelector([
            .equals("a", "1"), .notEquals("b", "2"), .isIn("c", ["y", "x"]), .isNotIn("d", ["z"]), .exists("e"),
            .doesNotExist("f"),
        ])
        #expect(selector.queryText == "a=1,b!=2,c in (x,y),d notin (z),e,!f")
    }
}
