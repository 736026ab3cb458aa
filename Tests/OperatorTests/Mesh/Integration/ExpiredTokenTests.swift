import CryptoExtras
import Dataplanes
import Foundation
import JSON
import KubeClient
import KubeModel
import KubeRuntime
import Testing
import XDS

@testable import Operator

private enum SigningKey {
    static let file = URL(filePath: ProcessInfo.processInfo.environment["SWIFTLET_TEST_KUBECONFIG"] ?? "")
        .deletingLastPathComponent().appending(path: "pki/service-account.key")

    static let isThere = ConditionTrait.enabled(
        if: FileManager.default.fileExists(atPath: file.path),
        "needs the cluster's service-account key in pki/ beside the kubeconfig"
    )
}

/// With tokens that are signed by the cluster's own key, which test clusters keep beside their kubeconfig: the API server makes none that
/// end within ten minutes.
@Suite(TestCluster.isThere, SigningKey.isThere)
struct ExpiredTokenTests {
    @Test func aTokenThatHasExpiredIsRefused() async throws {
        try await TestCluster.withNamespace { space in
            try await space.untilThere(.serviceAccounts, "default")
            var object = space.pod("web")
            object[path: "metadata", "annotations"] = [.init(MeshMarks.injected): "true"]
            let pods = Store<Pod>()
            _ = try await space.client.create(.pods, object)
            pods.put(try await space.client.get(.pods, space.key("web"), as: Pod.self))
            let answer = try await space.client.create(
                subresource: "token",
                of: .serviceAccounts,
                space.key("default"),
                [
                    "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                    "spec": [
                        "audiences": [.string(TokenReview.audience)],
                        "boundObjectRef": ["apiVersion": "v1", "kind": "Pod", "name": "web"],
                    ],
                ]
            )
            let token = try #require(answer[path: "status", "token"]?.stringValue)
            let authenticator = SidecarAuthenticator(
                client: space.client,
                pods: pods,
                mesh: { _ in "default" },
                time: .system
            )
            func verdict(_ token: String) async -> String {
                let verdict = await authenticator.verdict(on: .init(authorization: "Bearer \(token)", peer: "test"))
                return "\(verdict)"
            }
            // The signature of ours is as good as the server's: it is the time alone that decides.
            let now = Int64(Date().timeIntervalSince1970)
            let fresh = await verdict(try Self.token(like: token, issuedAt: now - 30, expiresAt: now + 600))
            #expect(fresh.hasPrefix("admitted"), "\(fresh)")
            let expired = await verdict(try Self.token(like: token, issuedAt: now - 900, expiresAt: now - 200))
            #expect(expired.hasPrefix("unauthenticated"), "\(expired)")
            #expect(expired.contains("expired"), "\(expired)")
        }
    }

    /// The same claims at another time.
    private static func token(like token: String, issuedAt: Int64, expiresAt: Int64) throws -> String {
        let parts = token.split(separator: ".")
        var claims = try JSONValue(parsing: Array(try #require(Data(base64URL: parts[1]))))
        (claims["iat"], claims["nbf"], claims["exp"]) = (.int(issuedAt), .int(issuedAt), .int(expiresAt))
        let signed = "\(parts[0]).\(Data(claims.encoded()).base64URL)"
        let key = try _RSA.Signing.PrivateKey(pemRepresentation: String(contentsOf: SigningKey.file, encoding: .utf8))
        let signature = try key.signature(for: Data(signed.utf8), padding: .insecurePKCS1v1_5)
        return "\(signed).\(signature.rawRepresentation.base64URL)"
    }
}

extension Data {
    fileprivate var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    fileprivate init?(base64URL text: Substring) {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        self.init(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4))
    }
}
