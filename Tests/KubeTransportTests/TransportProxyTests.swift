import Glibc
import KubeTransport
import Synchronization
import TestSupport
import Testing

@Suite(.blocking) struct TransportProxyTests {
    /// A proxy that connects to `target` whatever it is asked for, and notes the requests that it got.
    private func proxy(to target: UInt16, _ requests: Log) throws -> TestServer {
        try TestServer { connection in
            guard let request = try connection.readRequest() else { return }
            requests.append("\(request.method) \(request.path) \(request.header("Proxy-Authorization") ?? "-")")
            #expect(request.method != "CONNECT" || request.header("Authorization") == nil)
            guard request.method == "CONNECT" else { return try connection.respond(200, "from the proxy") }
            try connection.write("HTTP/1.1 200 Connection established\r\nX-Proxy: 1\r\n\r\n")
            try connection.relay(to: target)
        }
    }

    @Test func tlsGoesThroughATunnel() async throws {
        let certificates = try Certificates.shared.get()
        let server = try TestServer { connection in
            _ = try connection.readLine()
            while try connection.readRequest() != nil {
                try connection.respond(200, "from the server")
            }
        }
        let front = try TLSFront(server, identity: certificates.named)
        let requests = Log()
        let proxy = try proxy(to: front.port, requests)
        let endpoint = TransportEndpoint(
            baseURL: "https://kube.test:6443",
            tls: TLSConfiguration(certificateAuthorities: try certificates.authority.certificatePEM),
            proxyURL: "http://user:secret@127.0.0.1:\(proxy.port)"
        )
        try await withTransport { transport in
            for _ in 0..<2 {
                let request = HTTPRequest(path: "/", headers: ["Authorization": "Bearer not-for-the-proxy"])
                let response = try await transport.perform(request, on: endpoint)
                #expect(response.text == "from the server")
                #expect(response.headers["X-Proxy"] == nil)
            }
            var named = endpoint
            named.baseURL = "https://10.0.0.1:6443"
            named.tls.serverName = "kube.test"
            let response = try await transport.perform(HTTPRequest(path: "/"), on: named)
            #expect(response.text == "from the server")
        }
        let authorization = "Basic dXNlcjpzZWNyZXQ="
        #expect(
            requests.entries == ["CONNECT kube.test:6443 \(authorization)", "CONNECT 10.0.0.1:6443 \(authorization)"]
        )
    }

    @Test func plainRequestsAreGivenToTheProxyWhole() async throws {
        let requests = Log()
        let proxy = try proxy(to: 0, requests)
        let endpoint = TransportEndpoint(baseURL: "http://kube.test", proxyURL: "http://127.0.0.1:\(proxy.port)")
        try await withTransport { transport in
            let response = try await transport.perform(HTTPRequest(path: "/api"), on: endpoint)
            #expect(response.text == "from the proxy")
        }
        #expect(requests.entries == ["GET http://kube.test/api -"])
    }

    @Test func aProxyThatRefusesIsAConnectErrorThatHidesItsCredentials() async throws {
        let proxy = try TestServer { connection in
            _ = try connection.readRequest()
            try connection.respond(403)
        }
        let endpoint = TransportEndpoint(
            baseURL: "https://kube.test",
            proxyURL: "http://user:secret@127.0.0.1:\(proxy.port)"
        )
        try await withTransport { transport in
            let error = await expect(.connect) { () async throws(TransportError) in
                try await transport.perform(HTTPRequest(path: "/"), on: endpoint)
            }
            #expect(error?.message.contains("secret") == false)
            #expect(error?.wasSent == false)
        }
    }

    @Test func theEnvironmentsProxyIsNotUsed() async throws {
        await #expect(processExitsWith: .success) {
            for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"] {
                setenv(name, "http://127.0.0.1:1", 1)
            }
            let server = try TestServer { connection in
                _ = try connection.readRequest()
                try connection.respond(200, "direct")
            }
            try await withTransport { transport in
                let response = try await transport.perform(HTTPRequest(path: "/"), on: .init(server))
                #expect(response.text == "direct")
            }
        }
    }

    @Test func theEnvironmentsExceptionsDoNotBypassTheProxy() async throws {
        await #expect(processExitsWith: .success) {
            setenv("no_proxy", "*", 1)
            let proxy = try TestServer { connection in
                _ = try connection.readRequest()
                try connection.respond(200, "from the proxy")
            }
            let endpoint = TransportEndpoint(
                baseURL: "http://127.0.0.1:1",
                proxyURL: "http://127.0.0.1:\(proxy.port)"
            )
            try await withTransport { transport in
                let response = try await transport.perform(HTTPRequest(path: "/"), on: endpoint)
                #expect(response.text == "from the proxy")
            }
        }
    }
}

/// What a server saw, in order.
private final class Log: Sendable {
    private let state = Mutex<[String]>([])

    var entries: [String] { state.withLock { $0 } }

    func append(_ entry: String) {
        state.withLock { $0.append(entry) }
    }
}
