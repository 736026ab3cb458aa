import Testing

@testable import KubeClient

@Suite struct ServerURLTests {
    @Test(
        "A server's address is kept without the slash at its end",
        arguments: [
            ("https://10.0.0.1:6443", "https://10.0.0.1:6443", "10.0.0.1:6443"),
            ("https://example.com/", "https://example.com", "example.com"),
            ("HTTPS://example.com/k8s/clusters/c-1//", "https://example.com/k8s/clusters/c-1", "example.com"),
            ("https://[2001:db8::1]:443", "https://[2001:db8::1]:443", "[2001:db8::1]:443"),
            ("http://localhost:8080", "http://localhost:8080", "localhost:8080"),
            ("localhost:8080", "https://localhost:8080", "localhost:8080"),
            ("[::1]", "https://[::1]", "[::1]"),
        ]
    )
    func accepted(text: String, expected: String, authority: String) throws {
        let url = try ServerURL(parsing: text)
        #expect(url.text == expected)
        #expect(url.authority == authority)
    }

    @Test(
        "What is no address of a server is refused",
        arguments: [
            "", "https://", "https:///path", "ftp://example.com", "https://example.com:0", "https://example.com:65536",
            "https://example.com:80x", "https://user:secret@example.com", "https://example.com?x=1",
            "https://example.com#f", "https://exa mple.com", "https://example.com\r\nHost: evil", "https://2001:db8::1",
            "https://[::1", "https://[::1]x", "https://[example.com]", "example.com/path", "https://exämple.com",
            "https://example.com\\@evil.com", "https://ex\"ample.com",
        ]
    )
    func refused(text: String) {
        let error = configurationError { try ServerURL(parsing: text) }
        #expect(error?.code == .invalid)
        #expect(error?.description.contains("secret") == false)
    }

    @Test("A proxy may have credentials, which its description leaves out")
    func proxyCredentials() throws {
        let proxy = try ProxyURL(parsing: "http://user:secret@proxy:3128/")
        #expect(proxy.text == "http://user:secret@proxy:3128")
        #expect("\(proxy)" == "http://proxy:3128 (with credentials)")
    }

    @Test(
        "Proxies have one of four schemes",
        arguments: [
            ("http", true), ("https", true), ("socks5", true), ("socks5h", true), ("socks4", false), ("ftp", false),
        ]
    )
    func proxySchemes(scheme: String, isAccepted: Bool) {
        let error = configurationError { try ProxyURL(parsing: "\(scheme)://proxy:1") }
        #expect((error == nil) == isAccepted)
    }
}
