import KubeTransport
import Synchronization
import TestSupport
import Testing

@Suite(.blocking) struct TransportTLSTests {
    /// Answers with what the handshake told and with the request's `Host`.
    private static func serve(_ connection: TestConnection) throws {
        let handshake = TLSFront.Handshake(try connection.readLine())
        while let request = try connection.readRequest() {
            try connection.respond(
                200,
                "name=\(handshake.serverName) client=\(handshake.client) resumed=\(handshake.isResumed)",
                headers: ["X-Host: \(request.header("Host") ?? "")"]
            )
        }
    }

    private let certificates: Certificates
    private let server: TestServer

    init() throws {
        certificates = try Certificates.shared.get()
        server = try TestServer(Self.serve)
    }

    private func trusting(_ authority: Certificates.Identity) throws -> TLSConfiguration {
        TLSConfiguration(certificateAuthorities: try authority.certificatePEM)
    }

    private func call(_ url: String, _ tls: TLSConfiguration) async throws -> HTTPResponse {
        var response: HTTPResponse?
        try await withTransport { transport in
            response = try await transport.perform(HTTPRequest(path: "/"), on: .init(baseURL: url, tls: tls))
        }
        return try #require(response)
    }

    private func expectTLSError(_ url: String, _ tls: TLSConfiguration) async throws -> TransportError {
        var error: TransportError?
        try await withTransport { transport in
            error = await expect(.tls) { () async throws(TransportError) in
                try await transport.perform(HTTPRequest(path: "/"), on: .init(baseURL: url, tls: tls))
            }
        }
        return try #require(error)
    }

    @Test func aKnownAuthorityAndTheRightNameAreAccepted() async throws {
        let front = try TLSFront(server, identity: certificates.loopback)
        let response = try await call(front.url, trusting(certificates.authority))
        #expect(response.text == "name= client= resumed=false")
    }

    @Test func aBundleOfAuthoritiesIsTrustedAsAWhole() async throws {
        let front = try TLSFront(server, identity: certificates.loopback)
        let bundle = try certificates.otherAuthority.certificatePEM + certificates.authority.certificatePEM
        let response = try await call(front.url, TLSConfiguration(certificateAuthorities: bundle))
        #expect(response.status == 200)
    }

    @Test func anUnknownAuthorityIsRefused() async throws {
        let front = try TLSFront(server, identity: certificates.loopback)
        for tls in [try trusting(certificates.otherAuthority), TLSConfiguration()] {
            let error = try await expectTLSError(front.url, tls)
            #expect(!error.wasSent)
            #expect(!error.isRetryable)
        }
    }

    @Test func aWrongNameIsRefused() async throws {
        let front = try TLSFront(server, identity: certificates.named)
        let error = try await expectTLSError(front.url, trusting(certificates.authority))
        #expect(error.message.contains("127.0.0.1"))
        #expect(server.counts.accepted <= 1, "no request was sent")
    }

    @Test func aServerNameIsAskedForAndCheckedInsteadOfTheHost() async throws {
        let front = try TLSFront(server, identity: certificates.named)
        var tls = try trusting(certificates.authority)
        tls.serverName = "kube.test"
        let response = try await call(front.url, tls)
        #expect(response.text == "name=kube.test client= resumed=false")
        #expect(response.headers["X-Host"] == "127.0.0.1:\(front.port)")
        tls.serverName = "other.test"
        _ = try await expectTLSError(front.url, tls)
    }

    @Test func verificationIsLeftOutOnlyOnRequest() async throws {
        let front = try TLSFront(server, identity: certificates.named)
        let response = try await call(front.url, TLSConfiguration(insecureSkipVerify: true))
        #expect(response.status == 200)
    }

    @Test func aClientCertificateIsPresented() async throws {
        let front = try TLSFront(server, identity: certificates.loopback, clientAuthority: certificates.authority)
        var tls = try trusting(certificates.authority)
        tls.clientCertificate = try certificates.client.certificatePEM
        tls.clientKey = try certificates.client.keyPEM
        let response = try await call(front.url, tls)
        #expect(response.text == "name= client=client resumed=false")
    }

    @Test func aMissingClientCertificateIsATLSError() async throws {
        let front = try TLSFront(server, identity: certificates.loopback, clientAuthority: certificates.authority)
        let error = try await expectTLSError(front.url, trusting(certificates.authority))
        #expect(!error.isRetryable)
    }

    @Test func clientsOfDifferentCertificatesNeverShareAConnectionOrSession() async throws {
        let front = try TLSFront(server, identity: certificates.loopback, clientAuthority: certificates.authority)
        let identities = [certificates.client, certificates.otherClient]
        let endpoints = try identities.map { identity in
            var tls = try trusting(certificates.authority)
            tls.clientCertificate = try identity.certificatePEM
            tls.clientKey = try identity.keyPEM
            return TransportEndpoint(baseURL: front.url, tls: tls)
        }
        try await withTransport { transport in
            for _ in 0..<3 {
                for (identity, endpoint) in zip(["client", "other-client"], endpoints) {
                    let response = try await transport.perform(HTTPRequest(path: "/"), on: endpoint)
                    #expect(response.text.contains("client=\(identity) "))
                    let stream = try await transport.stream(HTTPRequest(path: "/"), on: endpoint)
                    let body = try await stream.body.collect(upTo: 1000)
                    #expect(String(decoding: body, as: UTF8.self).contains("client=\(identity) "))
                }
            }
        }
        #expect(server.counts.accepted == 2 + 6, "a connection for the calls of each client, and one for each stream")
    }

    @Test func endpointsOfDifferentTrustNeverShareAConnection() async throws {
        let front = try TLSFront(server, identity: certificates.loopback)
        try await withTransport { transport in
            let trusted = TransportEndpoint(baseURL: front.url, tls: try trusting(certificates.authority))
            let insecure = TransportEndpoint(baseURL: front.url, tls: TLSConfiguration(insecureSkipVerify: true))
            let untrusted = TransportEndpoint(baseURL: front.url, tls: try trusting(certificates.otherAuthority))
            for endpoint in [insecure, trusted, insecure, trusted] {
                _ = try await transport.perform(HTTPRequest(path: "/"), on: endpoint)
            }
            await expect(.tls) { () async throws(TransportError) in
                try await transport.perform(HTTPRequest(path: "/"), on: untrusted)
            }
        }
        #expect(server.counts.accepted == 2)
    }

    @Test func newConnectionsResumeTheSessionOfOthersThatAreStillOpen() async throws {
        let server = try TestServer { connection in
            let handshake = TLSFront.Handshake(try connection.readLine())
            _ = try connection.readRequest()
            try connection.beginChunked()
            try connection.writeChunk([handshake.isResumed ? 1 : 0])
            connection.waitForClose()
        }
        let front = try TLSFront(server, identity: certificates.loopback)
        let endpoint = TransportEndpoint(baseURL: front.url, tls: try trusting(certificates.authority))
        try await withTransport { transport in
            var watches: [HTTPBody.AsyncIterator] = []
            for expected: UInt8 in [0, 1, 1] {
                let stream = try await transport.stream(HTTPRequest(path: "/"), on: endpoint)
                watches.append(stream.body.makeAsyncIterator())
                #expect(try await watches[watches.count - 1].next() == [expected])
            }
        }
    }

    /// For those who want the peer verified each time.
    @Test func aTransportThatResumesNoSessionsShakesHandsInFull() async throws {
        let server = try TestServer { connection in
            let handshake = TLSFront.Handshake(try connection.readLine())
            _ = try connection.readRequest()
            try connection.respond(200, handshake.isResumed ? "resumed" : "full", headers: ["Connection: close"])
        }
        let front = try TLSFront(server, identity: certificates.loopback)
        let endpoint = TransportEndpoint(baseURL: front.url, tls: try trusting(certificates.authority))
        try await withTransport({ $0.resumesTLSSessions = false }) { transport in
            for _ in 0..<3 {
                let response = try await transport.perform(HTTPRequest(path: "/"), on: endpoint)
                #expect(response.text == "full")
            }
        }
    }

    @Test func aStreamOverTLSArrivesByteForByte() async throws {
        let content = noise(3_000_000)
        let server = try TestServer { connection in
            _ = try connection.readLine()
            _ = try connection.readRequest()
            try connection.beginChunked()
            for start in stride(from: 0, to: content.count, by: 10_007) {
                try connection.writeChunk(Array(content[start..<min(start + 10_007, content.count)]))
            }
            try connection.endChunked()
        }
        let front = try TLSFront(server, identity: certificates.loopback)
        let endpoint = TransportEndpoint(baseURL: front.url, tls: try trusting(certificates.authority))
        try await withTransport({ $0.streamBufferSize = 16 * 1024 }) { transport in
            let stream = try await transport.stream(HTTPRequest(path: "/"), on: endpoint)
            #expect(try await stream.body.collect(upTo: content.count) == content)
        }
    }

    @Test(arguments: [
        TLSConfiguration(certificateAuthorities: []),
        TLSConfiguration(clientCertificate: Array("x".utf8)),
        TLSConfiguration(clientKey: Array("x".utf8)),
        TLSConfiguration(serverName: ""),
        TLSConfiguration(serverName: "a/b"),
        TLSConfiguration(serverName: "user@host"),
    ])
    func aConfigurationThatIsNoneIsRefused(tls: TLSConfiguration) async throws {
        try await withTransport { transport in
            await expect(.invalidRequest) { () async throws(TransportError) in
                try await transport.perform(HTTPRequest(path: "/"), on: .init(baseURL: "https://127.0.0.1:1", tls: tls))
            }
        }
    }

    @Test func pemThatIsNoneIsATLSError() async throws {
        let front = try TLSFront(server, identity: certificates.loopback)
        let nonsense = Array("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n".utf8)
        _ = try await expectTLSError(front.url, TLSConfiguration(certificateAuthorities: nonsense))
        var tls = try trusting(certificates.authority)
        tls.clientCertificate = nonsense
        tls.clientKey = nonsense
        _ = try await expectTLSError(front.url, tls)
    }
}
