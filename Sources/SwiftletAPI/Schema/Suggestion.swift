import JSON

extension JSONSchema {
    /// The end of a message about an unknown member: what may have been meant, or else what there is.
    func suggestion(for name: String, _ path: FieldPath, _ properties: [String: JSONSchema]) -> String {
        let names = properties.keys.sorted()
        if let near = nearest(to: name, among: names) { return ": did you mean \(near)?" }
        for owner in names {
            if case .object(let inner, _)? = properties[owner]?.structure, inner[name] != nil {
                return ": did you mean \(path.appending(key: owner).appending(key: name))?"
            }
        }
        return names.isEmpty ? "" : ": there are \(names.joined(separator: ", "))"
    }
}

/// The one of `candidates` that a person who wrote `text` most likely meant; `nil` when none is close.
///
/// Close are: the same but for case; a tail or head of the candidate (`image` for `webServerImage`); and up to a third of the letters
/// mistyped, left out, added or swapped.
func nearest(to text: String, among candidates: [String]) -> String? {
    let lowered = text.lowercased()
    if let same = candidates.first(where: { $0.lowercased() == lowered }) { return same }
    let distances = candidates.map { (candidate: $0, distance: editDistance(lowered, $0.lowercased())) }
    let limit = max(1, text.count / 3)
    if let best = distances.min(by: { $0.distance < $1.distance }), best.distance <= limit { return best.candidate }
    guard text.count >= 4 else { return nil }
    return candidates.first { $0.lowercased().hasSuffix(lowered) || $0.lowercased().hasPrefix(lowered) }
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other (optimal string alignment).
func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left.utf8.prefix(128))
    let right = Array(right.utf8.prefix(128))
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
            let replacement = previous[column] + (left[row] == right[column] ? 0 : 1)
            var distance = min(previous[column + 1] + 1, current[column] + 1, replacement)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                distance = min(distance, beforePrevious[column - 1] + 1)
            }
            current.append(distance)
        }
        beforePrevious = previous
        previous = current
    }
    return previous[right.count]
}
