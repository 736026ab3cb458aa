import JSON
import KubeModel
import Testing

@testable import KubeClient

@Suite struct ExecCredentialTests {
    private func answer(_ status: String, version: String = "client.authentication.k8s.io/v1") -> [UInt8] {
        Array(#"{"apiVersion":"\#(version)","kind":"ExecCredential","status":\#(status)}"#.utf8)
    }

    private func fault(_ output: [UInt8], _ version: ExecPlugin.APIVersion = .v1) -> String? {
        do {
            _ = try ExecCredential(parsing: output, version: version)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("A token, a certificate with its key, or both are taken, with or without an expiry")
    func accepted() throws {
        let token = try ExecCredential(
            parsing: answer(#"{"token":"abc","expirationTimestamp":"2026-11-21T10:00:00.5+01:00"}"#),
            version: .v1
        )
        #expect(token.credentials == Credentials(authorization: "Bearer abc"))
        #expect(token.expiration == Timestamp("2026-11-21T09:00:00Z"))
        let certificate = JSONValue.string(Samples.certificate).encodedText()
        let key = JSONValue.string(Samples.key).encodedText()
        let both = try ExecCredential(
            parsing: answer(#"{"token":"abc","clientCertificateData":\#(certificate),"clientKeyData":\#(key)}"#),
            version: .v1
        )
        #expect(both.credentials.clientCertificatePEM == Array(Samples.certificate.utf8))
        #expect(both.credentials.clientKeyPEM == Array(Samples.key.utf8))
        #expect(both.expiration == nil)
    }

    @Test(
        "A status that holds no usable credentials is refused without telling its content",
        arguments: [
            ("{}", "has neither a token nor"),
            ("null", "has no status"),
            (#"{"token":""}"#, "has neither a token nor"),
            (#"{"token":5}"#, "has a token that is no string but a value of type integer"),
            (#"{"token":"secret\nX-Evil: 1"}"#, "has a token that holds spaces, line breaks"),
            (#"{"token":"secret\r"}"#, "has a token that holds spaces, line breaks"),
            (#"{"token":"secret","expirationTimestamp":"tomorrow"}"#, "has an expirationTimestamp that is no RFC 3339"),
            (#"{"clientCertificateData":"secret"}"#, "has only one of clientCertificateData and clientKeyData"),
            (#"{"clientKeyData":"secret"}"#, "has only one of"),
            (
                #"{"clientCertificateData":"secret","clientKeyData":"secret"}"#,
                "has a clientCertificateData that holds no PEM"
            ),
        ]
    )
    func refused(status: String, reason: String) {
        let fault = fault(answer(status))
        #expect(fault?.hasPrefix(reason) == true, "\(fault ?? "accepted")")
        #expect(fault?.contains("secret") == false)
    }

    @Test("A token beyond 64 KiB is refused")
    func longToken() {
        let token = String(repeating: "x", count: 64 << 10)
        #expect(fault(answer(#"{"token":"\#(token)"}"#)) == nil)
        #expect(fault(answer(#"{"token":"\#(token)x"}"#))?.contains("longer than") == true)
    }

    @Test("An answer of another version than the kubeconfig says is refused, in both directions")
    func versions() {
        let v1 = answer(#"{"token":"t"}"#)
        let beta = answer(#"{"token":"t"}"#, version: "client.authentication.k8s.io/v1beta1")
        #expect(fault(v1, .v1) == nil)
        #expect(fault(beta, .v1beta1) == nil)
        #expect(fault(beta, .v1)?.contains("has apiVersion client.authentication.k8s.io/v1beta1, but") == true)
        #expect(fault(v1, .v1beta1)?.contains("but the kubeconfig says client.authentication.k8s.io/v1beta1") == true)
    }

    @Test(
        "What is no ExecCredential at all is refused",
        arguments: ["", "secret", "[]", "{}", "{\"kind\":\"Pod\"}", "\u{0}", "{\"kind\":"]
    )
    func garbage(text: String) {
        #expect(fault(Array(text.utf8)) != nil)
    }

    @Test("Bytes that are no text, and JSON that is too deep, are refused")
    func hostile() {
        #expect(fault([0xFF, 0xFE, 0x00]) != nil)
        #expect(fault(Array(String(repeating: "[", count: 1 << 20).utf8)) != nil)
    }
}
