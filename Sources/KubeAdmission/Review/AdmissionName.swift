/// The forms of names in an admission request.
///
/// Names go into paths, log lines and answers, so that nothing is done with one before it is known to be a name. Objects whose names may be
/// something else, such as those of `rbac.authorization.k8s.io`, are none that webhooks here are asked about.
enum AdmissionName: CustomStringConvertible {
    /// A namespace, a version, a resource: a DNS label (RFC 1123).
    case label
    /// Most objects and groups: DNS labels joined by dots (RFC 1123).
    case subdomain
    /// Letters and digits.
    case kind

    var description: String {
        switch self {
        case .label: "a DNS label"
        case .subdomain: "a DNS subdomain"
        case .kind: "letters and digits"
        }
    }

    func allows(_ name: String) -> Bool {
        switch self {
        case .label: Self.isLabel(name.utf8[...])
        case .subdomain:
            name.utf8.count <= 253
                && name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy(
                    Self.isLabel
                )
        case .kind: name.utf8.count <= 63 && name.utf8.allSatisfy { Self.isLetterOrDigit($0) || Self.isCapital($0) }
        }
    }

    private static func isLabel(_ text: Substring.UTF8View) -> Bool {
        guard let first = text.first, let last = text.last, text.count <= 63 else { return false }
        return isLetterOrDigit(first) && isLetterOrDigit(last)
            && text.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isCapital(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    /// In lower case.
    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
