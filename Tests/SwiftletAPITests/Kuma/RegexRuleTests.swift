import Testing

@testable import SwiftletAPI

struct RegexRuleTests {
    @Test(arguments: [
        ".*", "^/a/(b|c)[0-9]+$", #"\("#, #"[(\]]"#, "[]a]", "[^]]", "(?i)a", "(?:a)(?P<n>b)", "[[:alpha:]]",
        #"\d+\.\d"#, "[a-z[:digit:]_]",
        "é+", "]", "a{2,3}",
    ])
    func `Patterns that RE2 takes are left in peace`(_ pattern: String) {
        #expect(RegexRule.problem(with: pattern) == nil)
    }

    @Test(arguments: [
        ("", "cannot be empty"), ("(", "has a ( without its )"), ("a)", "has a ) without its ("),
        ("[a", "has a [ without its ]"), (#"[a\]"#, "has a [ without its ]"), ("[]", "has a [ without its ]"),
        (#"a\"#, "ends with a lone backslash"), (#"(a)\1"#, #"RE2 knows no back references such as \1"#),
        ("(?=a)", "RE2 knows no look-around such as (?="), ("(?<!a)b", "RE2 knows no look-around such as (?<!"),
    ])
    func `What cannot be one is told`(_ pattern: String, _ problem: String) {
        #expect(RegexRule.problem(with: pattern) == problem)
    }
}
