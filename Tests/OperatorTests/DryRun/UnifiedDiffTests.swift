import Testing

@testable import Operator

struct UnifiedDiffTests {
    @Test func equalTextsHaveNoDifference() {
        #expect(UnifiedDiff.text(from: "a\nb\n", to: "a\nb\n", oldName: "x", newName: "y") == "")
    }

    @Test func aNewTextIsAllAdditions() {
        let diff = UnifiedDiff.text(from: "", to: "a\nb\n", oldName: "x", newName: "y")
        #expect(diff == "--- x\n+++ y\n@@ -0,0 +1,2 @@\n+a\n+b\n")
    }

    @Test func aChangeIsShownWithThreeLinesAround() {
        let old = (1...9).map { "\($0)\n" }.joined()
        let new = old.replacing("5\n", with: "five\n")
        #expect(
            UnifiedDiff.text(from: old, to: new, oldName: "x", newName: "y")
                == "--- x\n+++ y\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        )
    }

    @Test func farChangesAreHunksOfTheirOwnAndNearOnesShareOne() {
        let old = (1...30).map { "\($0)\n" }.joined()
        let far = old.replacing("2\n3\n", with: "2\nx\n3\n").replacing("28\n", with: "")
        let diff = UnifiedDiff.text(from: old, to: far, oldName: "x", newName: "y")
        #expect(diff.split(separator: "\n").filter { $0.hasPrefix("@@") } == ["@@ -1,5 +1,6 @@", "@@ -25,6 +26,5 @@"])
        let near = old.replacing("10\n", with: "ten\n").replacing("14\n", with: "fourteen\n")
        #expect(UnifiedDiff.text(from: old, to: near, oldName: "x", newName: "y").components(of: "@@ -") == 1)
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
