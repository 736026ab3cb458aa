import Testing

@testable import SwiftletAPI

/// The grammar of the distribution project's reference package.
struct ImageReferenceTests {
    private static let digest = String(repeating: "0123456789abcdef", count: 4)

    @Test(arguments: [
        "nginx", "nginx:1.27", "nginx:latest", "a", "0", "a.b", "a_b", "a__b", "a-b", "a--b", "a---b",
        "my.repo/a_b-c/d__e",
        "localhost/a", "localhost:5000/a:1", "registry.example.com/a", "registry.example.com:5000/a/b/c:v1",
        "10.0.0.1:5000/a",
        "[2001:db8::1]:5000/a", "EXAMPLE.com/a", "a/b", "library/nginx:1", "nginx:V1.0_x-y", "nginx:_x",
        "nginx:\(String(repeating: "t", count: 128))", "nginx@sha256:\(digest)", "nginx:1@sha256:\(digest)",
        "nginx@sha512:\(digest)\(digest)", "nginx@sha384:\(digest)\(digest.prefix(32))", "a.b.c/d", "xn--n3h.com/a",
        String(repeating: "a", count: 255), "example.com/\(String(repeating: "a/", count: 121))b", "a1.b2/c3:d4",
    ])
    func whatRegistriesTakeIsTaken(image: String) {
        #expect(ImageReferenceRule.problem(with: image) == nil)
    }

    @Test(arguments: [
        ("", "must not be empty"), ("foo..bar/nginx:1", "is no registry"), ("a/foo..bar", "the repository has"),
        ("my___repo/nginx:1", "the repository has"), ("a._b", "the repository has"), ("a_.b", "the repository has"),
        ("a-_b", "the repository has"), ("a.-b", "the repository has"), ("a_-b/c", "the repository has"),
        ("nginx@SHA256:\(digest)", "in lower case"), ("nginx:1@SHA256:\(digest)", "in lower case"),
        ("nginx@sha256:\(digest.uppercased())", "has 64 lower-case hexadecimal digits"),
        ("nginx@sha256:\(digest)0", "has 64 lower-case"), ("nginx@sha256:\(digest.dropLast())", "has 64 lower-case"),
        ("nginx@sha512:\(digest)", "has 128 lower-case"),
        ("nginx@md5:0123456789abcdef0123456789abcdef", "comes a digest"),
        ("nginx@sha256", "comes a digest"), ("nginx@", "comes a digest"),
        ("nginx@sha256:\(digest)@sha256:\(digest)", "comes a digest"),
        ("Team/nginx", "the repository has"), ("Nginx", "the repository has"), ("nginx:", "a tag has"),
        ("nginx:-x", "a tag has"),
        ("nginx:.x", "a tag has"), ("nginx:\(String(repeating: "t", count: 129))", "a tag has"),
        ("nginx:a+b", "a tag has"),
        ("-nginx", "the repository has"), ("nginx-", "the repository has"), (".nginx", "the repository has"),
        ("a//b", "the repository has"),
        ("/a", "the repository has"), ("a/", "the repository has"), ("example.com:port/a", "is no registry"),
        ("example.com:/a", "is no registry"),
        ("-example.com/a", "is no registry"), ("exa_mple.com/a", "is no registry"), ("a b", "white space"),
        ("nginx:1 ", "white space"),
        ("https://example.com/a", "leave out the scheme"), (digest, "64 hexadecimal digits are an image's ID"),
        ("ngïnx", "the repository has"),
        (String(repeating: "a", count: 256), "at most 255 characters"),
        ("example.com/\(String(repeating: "a/", count: 123))b:1", "at most 255 characters"),
    ])
    func whatNoRegistryTakesIsRefusedWithAHint(image: String, hint: String) {
        #expect(
            ImageReferenceRule.problem(with: image)?.contains(hint) == true,
            "\(ImageReferenceRule.problem(with: image) ?? "taken")"
        )
    }
}
