/// An amount as Kubernetes writes it: `500m`, `0.5`, `1Gi`, `1e3`.
///
/// Two texts of the same amount are equal, which is what comparing a manifest with the server's canonical form needs.
/// Source of the rules: the API reference of `resource.Quantity`.
package struct Quantity: Hashable, Sendable, Comparable {
    /// The amount in billionths; finer amounts are rounded up, as the server does.
    package let nanos: Int128

    /// `nil` when the text is no quantity, or its amount is beyond about 10^29.
    package init?(_ text: String) {
        var rest = Substring(text)
        var isNegative = false
        if let sign = rest.first, sign == "+" || sign == "-" {
            isNegative = sign == "-"
            rest.removeFirst()
        }
        let whole = rest.prefix { $0.isASCII && $0.isNumber }
        rest.removeFirst(whole.count)
        var fraction: Substring = ""
        if rest.first == "." {
            rest.removeFirst()
            fraction = rest.prefix { $0.isASCII && $0.isNumber }
            rest.removeFirst(fraction.count)
        }
        guard !(whole.isEmpty && fraction.isEmpty), whole.count + fraction.count <= 36,
            let digits = Int128(String(whole + fraction)), let (base, exponent) = Self.suffix(rest)
        else { return nil }
        // digits * base^exponent * 10^(9 - fraction.count)
        var amount = digits
        let decimal = 9 - fraction.count + (base == 10 ? exponent : 0)
        if base == 2 {
            let (product, overflow) = amount.multipliedReportingOverflow(by: Int128(1) << Int128(exponent))
            guard !overflow else { return nil }
            amount = product
        }
        guard abs(decimal) < 40 else { return nil }
        var remainder = false
        for _ in 0..<abs(decimal) {
            if decimal > 0 {
                let (product, overflow) = amount.multipliedReportingOverflow(by: 10)
                guard !overflow else { return nil }
                amount = product
            } else {
                remainder = remainder || amount % 10 != 0
                amount /= 10
            }
        }
        if remainder { amount += 1 }
        nanos = isNegative ? -amount : amount
    }

    package static func < (left: Quantity, right: Quantity) -> Bool { left.nanos < right.nanos }

    private static func suffix(_ text: Substring) -> (base: Int, exponent: Int)? {
        switch text {
        case "": return (10, 0)
        case "n": return (10, -9)
        case "u": return (10, -6)
        case "m": return (10, -3)
        case "k": return (10, 3)
        case "M": return (10, 6)
        case "G": return (10, 9)
        case "T": return (10, 12)
        case "P": return (10, 15)
        case "E": return (10, 18)
        case "Ki": return (2, 10)
        case "Mi": return (2, 20)
        case "Gi": return (2, 30)
        case "Ti": return (2, 40)
        case "Pi": return (2, 50)
        case "Ei": return (2, 60)
        default:
            guard let first = text.first, first == "e" || first == "E", let exponent = Int(text.dropFirst()),
                abs(exponent) < 40
            else { return nil }
            return (10, exponent)
        }
    }
}
