import KubeTransport
import Testing

@testable import KubeClient

/// Which proxy the environment leads to, as golang.org/x/net/http/httpproxy documents it.
@Suite struct ProxyEnvironmentTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var server: String
        var environment: [String: String]
        /// `nil` for a direct connection.
        var proxy: String?

        init(_ server: String, _ environment: [String: String], _ proxy: String?) {
            self.server = server
            self.environment = environment
            self.proxy = proxy
        }

        /// With a proxy for everything, and some exceptions.
        init(_ server: String, except exceptions: String, usesProxy: Bool) {
            self.init(
                server,
                ["HTTPS_PROXY": "proxy:3128", "HTTP_PROXY": "proxy:3128", "NO_PROXY": exceptions],
                usesProxy ? "http://proxy:3128" : nil
            )
        }

        var testDescription: String { "\(server) with \(environment)" }
    }

    static let rows: [Row] = [
        Row("https://kube.example.com", [:], nil),
        Row("https://kube.example.com", ["HTTPS_PROXY": ""], nil),
        Row("https://kube.example.com", ["HTTPS_PROXY": "http://proxy:3128"], "http://proxy:3128"),
        Row("https://kube.example.com", ["https_proxy": "http://proxy:3128"], "http://proxy:3128"),
        Row("https://kube.example.com", ["HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:1"], "http://a:1"),
        Row("https://kube.example.com", ["HTTPS_PROXY": "", "https_proxy": "http://b:1"], "http://b:1"),
        Row("https://kube.example.com", ["HTTPS_PROXY": "proxy:3128"], "http://proxy:3128"),
        Row("https://kube.example.com", ["HTTPS_PROXY": "proxy"], "http://proxy"),
        Row("https://kube.example.com", ["HTTPS_PROXY": "http://proxy:3128/"], "http://proxy:3128"),
        Row("https://kube.example.com", ["HTTPS_PROXY": "https://proxy:3129"], "https://proxy:3129"),
        Row("https://kube.example.com", ["HTTPS_PROXY": "socks5://proxy:1080"], "socks5://proxy:1080"),
        Row("https://kube.example.com", ["HTTPS_PROXY": "socks5h://proxy:1080"], "socks5h://proxy:1080"),
        Row("https://kube.example.com", ["HTTPS_PROXY": "http://u:p@proxy:3128"], "http://u:p@proxy:3128"),
        Row("https://kube.example.com", ["HTTPS_PROXY": "u:p@proxy:3128"], "http://u:p@proxy:3128"),
        Row("https://kube.example.com", ["HTTP_PROXY": "http://proxy:3128"], nil),
        Row("https://kube.example.com", ["ALL_PROXY": "http://proxy:3128"], nil),
        Row("http://kube.example.com", ["HTTPS_PROXY": "http://proxy:3128"], nil),
        Row("http://kube.example.com", ["HTTP_PROXY": "http://proxy:3128"], "http://proxy:3128"),
        Row("http://kube.example.com", ["http_proxy": "http://proxy:3128"], "http://proxy:3128"),
        // REQUEST_METHOD concerns HTTP_PROXY alone.
        Row(
            "https://kube.example.com",
            ["HTTPS_PROXY": "http://proxy:3128", "REQUEST_METHOD": "GET"],
            "http://proxy:3128"
        ),
        Row("http://kube.example.com", ["HTTP_PROXY": "proxy", "REQUEST_METHOD": ""], "http://proxy"),
        // This machine is never reached through a proxy.
        Row("https://localhost:6443", except: "", usesProxy: false),
        Row("https://127.0.0.1:6443", except: "", usesProxy: false),
        Row("https://127.8.8.8", except: "", usesProxy: false), Row("https://[::1]:6443", except: "", usesProxy: false),
        Row("https://localhost.example.com", except: "", usesProxy: true),
        // Everything.
        Row("https://kube.example.com", except: "*", usesProxy: false),
        Row("https://10.0.0.1", except: "a.example.com, * ", usesProxy: false),
        // Names, with those below them.
        Row("https://example.com", except: "example.com", usesProxy: false),
        Row("https://kube.example.com", except: "example.com", usesProxy: false),
        Row("https://kube.example.com", except: " EXAMPLE.com ", usesProxy: false),
        Row("https://KUBE.example.com", except: "kube.example.com", usesProxy: false),
        Row("https://notexample.com", except: "example.com", usesProxy: true),
        Row("https://example.com.evil.net", except: "example.com", usesProxy: true),
        // Only those below.
        Row("https://kube.example.com", except: ".example.com", usesProxy: false),
        Row("https://example.com", except: ".example.com", usesProxy: true),
        Row("https://kube.example.com", except: "*.example.com", usesProxy: false),
        Row("https://example.com", except: "*.example.com", usesProxy: true),
        Row("https://kube.example.com", except: "k*.example.com", usesProxy: true),
        // Ports, which are those of the scheme where the URL has none.
        Row("https://kube.example.com:6443", except: "example.com:6443", usesProxy: false),
        Row("https://kube.example.com", except: "example.com:6443", usesProxy: true),
        Row("https://kube.example.com", except: "example.com:443", usesProxy: false),
        Row("http://kube.example.com", except: "example.com:80", usesProxy: false),
        Row("https://10.0.0.1:6443", except: "10.0.0.1:6443", usesProxy: false),
        Row("https://10.0.0.1:6443", except: "10.0.0.1:443", usesProxy: true),
        // Addresses and networks.
        Row("https://10.0.0.1", except: "10.0.0.1", usesProxy: false),
        Row("https://10.0.0.2", except: "10.0.0.1", usesProxy: true),
        Row("https://10.96.0.1:443", except: "10.96.0.0/12", usesProxy: false),
        Row("https://10.112.0.1:443", except: "10.96.0.0/12", usesProxy: true),
        Row("https://10.96.0.1", except: "0.0.0.0/0", usesProxy: false),
        Row("https://[fd00::1]:6443", except: "fd00::/8", usesProxy: false),
        Row("https://[fe00::1]:6443", except: "fd00::/8", usesProxy: true),
        Row("https://[fd00::1]:6443", except: "fd00::1", usesProxy: false),
        Row("https://[fd00::1]:6443", except: "[fd00::1]:6443", usesProxy: false),
        Row("https://[fd00::1]:6443", except: "[fd00::1]:443", usesProxy: true),
        Row("https://[::ffff:10.0.0.1]", except: "10.0.0.0/8", usesProxy: false),
        // A name is not looked up.
        Row("https://kube.example.com", except: "10.0.0.0/8", usesProxy: true),
        Row("https://10.0.0.1", except: "0.0.1", usesProxy: true),
        // What says nothing.
        Row("https://kube.example.com", except: ",, ,:443,10.0.0.0/99,/8", usesProxy: true),
        Row(
            "https://kube.svc",
            ["HTTPS_PROXY": "proxy", "NO_PROXY": "", "no_proxy": ".svc"],
            nil
        ),
        Row("https://kube.svc", ["HTTPS_PROXY": "proxy", "NO_PROXY": "a", "no_proxy": ".svc"], "http://proxy"),
    ]

    @Test(arguments: rows) func theEnvironmentDecides(row: Row) throws {
        let proxy = try ProxyEnvironment(row.environment).proxy(for: ServerURL(parsing: row.server))
        #expect(proxy?.text == row.proxy)
    }

    @Test(arguments: [
        (["HTTPS_PROXY": "http://a b"], "HTTPS_PROXY"), (["https_proxy": "ftp://proxy"], "https_proxy"),
        (["HTTPS_PROXY": "http://"], "HTTPS_PROXY"), (["HTTPS_PROXY": "proxy:port"], "HTTPS_PROXY"),
    ])
    func aProxyThatIsNoneIsAnErrorThatNamesTheVariable(environment: [String: String], variable: String) throws {
        let server = try ServerURL(parsing: "https://kube.example.com")
        let error = #expect(throws: ConfigurationError.self) {
            try ProxyEnvironment(environment).proxy(for: server)
        }
        #expect(error?.message.contains(variable) == true)
    }

    /// Whoever sends a CGI program a header field `Proxy` would choose its proxy.
    @Test func aCGIProgramHasNoProxyForPlainHTTP() throws {
        let server = try ServerURL(parsing: "http://kube.example.com")
        let environment = ProxyEnvironment(["HTTP_PROXY": "http://proxy", "REQUEST_METHOD": "GET"])
        #expect(throws: ConfigurationError.self) { try environment.proxy(for: server) }
        #expect(try environment.proxy(for: ServerURL(parsing: "http://127.0.0.1")) == nil)
    }

    // MARK: - What the loader makes of it

    private static let variables = ["HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "10.96.0.0/12"]

    private static func kubeconfig(server: String, more: String = "") -> String {
        """
        current-context: x
        clusters: [{name: c, cluster: {server: "\(server)"\(more)}}]
        contexts: [{name: x, context: {cluster: c}}]
        """
    }

    @Test(
        arguments: [
            ("https://kube.example.com", "", "http://proxy:3128"), ("https://10.96.0.1", "", nil),
            ("https://kube.example.com", #", proxy-url: "socks5://own:1080""#, "socks5://own:1080"),
            ("https://10.96.0.1", #", proxy-url: "socks5://own:1080""#, "socks5://own:1080"),
        ] as [(String, String, String?)]
    )
    func theProxyOfAKubeconfigGoesFirst(server: String, more: String, proxy: String?) throws {
        let host = TestHost(
            files: ["/kubeconfig": Self.kubeconfig(server: server, more: more)],
            variables: Self.variables.merging(["KUBECONFIG": "/kubeconfig"]) { $1 }
        )
        let configuration = try host.load()
        #expect(configuration.proxy?.text == proxy)
        #expect(configuration.endpoint(with: .anonymous).proxyURL == proxy)
    }

    @Test(arguments: [("", "http://proxy:3128"), ("10.96.0.0/12", nil)] as [(String, String?)])
    func aPodReachesItsClusterAsItsEnvironmentSays(exceptions: String, proxy: String?) throws {
        var variables = ConfigurationLoaderTests.podVariables.merging(Self.variables) { $1 }
        variables["NO_PROXY"] = exceptions
        let host = TestHost(files: ConfigurationLoaderTests.podFiles, variables: variables)
        #expect(try host.load().proxy?.text == proxy)
    }
}
