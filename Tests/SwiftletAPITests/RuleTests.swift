import JSON
import Testing

@testable import SwiftletAPI

struct RuleTests {
    @Test(arguments: [
        (NameRule.label1035, "a", true), (.label1035, "web-1", true), (.label1035, "1web", false),
        (.label1035, "", false),
        (.label1035, "web-", false), (.label1035, "Web", false), (.label1035, "a.b", false), (.label1035, "wéb", false),
        (.label1035, String(repeating: "a", count: 63), true), (.label1035, String(repeating: "a", count: 64), false),
        (.subdomain, "1.example.com", true), (.subdomain, "a..b", false), (.subdomain, ".a", false),
        (.subdomain, "a_b", false), (.subdomain, String(repeating: "a.", count: 126) + "aa", false),
        (.qualifiedName, "example.com/a_B.c", true), (.qualifiedName, "a", true), (.qualifiedName, "/a", false),
        (.qualifiedName, "a/", false), (.qualifiedName, "a/b/c", false), (.qualifiedName, "A/b", false),
        (.labelValue, "", true), (.labelValue, "A_b.1", true), (.labelValue, "-a", false), (.labelValue, "a b", false),
    ])
    func `Names are judged as the API server judges them`(_ rule: NameRule, _ text: String, _ isValid: Bool) {
        #expect((rule.problem(with: text) == nil) == isValid)
    }

    @Test(arguments: [
        ("nginx", true), ("nginx:1.27", true), ("registry.example.com:5000/team/site_a:v1-x", true),
        ("localhost/x", true),
        ("nginx@sha256:" + String(repeating: "a1", count: 32), true), ("", false), ("Nginx", false), ("a b", false),
        ("https://example.com/x", false), ("nginx:", false), ("nginx:-x", false), ("a//b", false), ("/a", false),
        ("nginx@sha256:12", false), ("nginx@", false), (":1", false), ("EXAMPLE.com/x", true), ("x/Y", false),
    ])
    func `Images are judged by the grammar of references`(_ text: String, _ isValid: Bool) {
        #expect((ImageReferenceRule.problem(with: text) == nil) == isValid)
    }

    @Test(arguments: [
        ("/a", true), ("/a/b.c", true), ("/", false), ("//", false), ("/.", false), ("/..", false), ("a", false),
        ("", false),
        ("/a/../b", false), ("/a:b", false), ("/a..b", true),
    ])
    func `Mount paths are absolute and not the root`(_ text: String, _ isValid: Bool) {
        #expect(FieldRule.mountPath(text, at: ["x"]).isEmpty == isValid)
    }

    @Test(arguments: [("a", true), ("a/b", true), ("/a", false), ("../a", false), ("a/..", false), ("", true)])
    func `Relative paths stay below their base`(_ text: String, _ isValid: Bool) {
        #expect(FieldRule.relativePath(text, at: ["x"]).isEmpty == isValid)
    }
}
