/// The difference of two texts as `diff -u` prints it.
package enum UnifiedDiff {
    /// Lines of unchanged text around each change.
    private static let context = 3

    /// Empty when the texts are equal.
    ///
    /// - Parameters:
    ///   - oldName: stands behind `---`.
    ///   - newName: stands behind `+++`.
    package static func text(from old: String, to new: String, oldName: String, newName: String) -> String {
        guard old != new else { return "" }
        let script = editScript(from: lines(old), to: lines(new))
        var result = "--- \(oldName)\n+++ \(newName)\n"
        for hunk in hunks(of: script) {
            result += header(of: hunk, in: script)
            for edit in script[hunk] { result += "\(edit.mark)\(edit.line)\n" }
        }
        return result
    }

    private struct Edit {
        var mark: Character
        var line: Substring
    }

    private static func lines(_ text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// Every line of both texts in order, kept, removed or added; removals before additions.
    private static func editScript(from old: [Substring], to new: [Substring]) -> [Edit] {
        var removed = Set<Int>()
        var added = Set<Int>()
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var script: [Edit] = []
        var oldIndex = 0
        var newIndex = 0
        while oldIndex < old.count || newIndex < new.count {
            if oldIndex < old.count, removed.contains(oldIndex) {
                script.append(Edit(mark: "-", line: old[oldIndex]))
                oldIndex += 1
            } else if newIndex < new.count, added.contains(newIndex) {
                script.append(Edit(mark: "+", line: new[newIndex]))
                newIndex += 1
            } else {
                script.append(Edit(mark: " ", line: old[oldIndex]))
                oldIndex += 1
                newIndex += 1
            }
        }
        return script
    }

    /// The ranges to show: changes with their context, joined where they touch.
    private static func hunks(of script: [Edit]) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for (index, edit) in script.enumerated() where edit.mark != " " {
            let range = max(0, index - context)..<min(script.count, index + context + 1)
            if let last = hunks.last, last.upperBound >= range.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }

    private static func header(of hunk: Range<Int>, in script: [Edit]) -> String {
        func span(without mark: Character) -> String {
            let before = script[..<hunk.lowerBound].count { $0.mark != mark }
            let count = script[hunk].count { $0.mark != mark }
            return "\(count == 0 ? before : before + 1),\(count)"
        }
        return "@@ -\(span(without: "+")) +\(span(without: "-")) @@\n"
    }
}
