/// The order of keys in `kubectl -o yaml`: other characters before digits before letters, and numbers by their value (`a2` before `a10`).
enum YAMLKeyOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        var left = left.unicodeScalars[...]
        var right = right.unicodeScalars[...]
        while let first = left.first, let second = right.first {
            if isDigit(first), isDigit(second) {
                let leftNumber = left.prefix(while: isDigit)
                let rightNumber = right.prefix(while: isDigit)
                if let isLess = precedes(leftNumber, rightNumber) { return isLess }
                left = left.dropFirst(leftNumber.count)
                right = right.dropFirst(rightNumber.count)
            } else if first == second {
                left = left.dropFirst()
                right = right.dropFirst()
            } else {
                let leftIsLetter = first.properties.isAlphabetic
                guard leftIsLetter == second.properties.isAlphabetic else { return !leftIsLetter }
                guard isDigit(first) == isDigit(second) else { return isDigit(second) }
                return first < second
            }
        }
        return left.isEmpty && !right.isEmpty
    }

    /// `nil` when both are written alike.
    private static func precedes(_ left: Substring.UnicodeScalarView, _ right: Substring.UnicodeScalarView) -> Bool? {
        let leftDigits = left.drop { $0 == "0" }
        let rightDigits = right.drop { $0 == "0" }
        if leftDigits.count != rightDigits.count { return leftDigits.count < rightDigits.count }
        for (first, second) in zip(leftDigits, rightDigits) where first != second { return first < second }
        return left.count == right.count ? nil : left.count < right.count
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }
}
