import JSON
import KubeAdmission
import KubeTransport

/// A client of an admission server on this machine.
struct TLSClient: Sendable {
    let transport: Transport
    let port: Int
    var bundle: CertificateBundle

    /// Runs `body` with a client that trusts the bundle and nothing else.
    static func with(
        port: Int,
        _ bundle: CertificateBundle,
        _ body: (TLSClient) async throws -> Void
    ) async throws {
        let client = TLSClient(transport: try Transport(), port: port, bundle: bundle)
        let result: Result<Void, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        await client.transport.shutdown()
        return try result.get()
    }

    func post(_ target: String, _ body: [UInt8]) async throws(TransportError) -> HTTPResponse {
        var tls = TLSConfiguration()
        tls.certificateAuthorities = Array(bundle.pem.utf8)
        let request = HTTPRequest(
            method: "POST",
            path: target,
            headers: HTTPHeaders([("Content-Type", "application/json")]),
            body: body,
            timeout: .seconds(30)
        )
        return try await transport.perform(
            request,
            on: TransportEndpoint(baseURL: "https://127.0.0.1:\(port)", tls: tls)
        )
    }
}
