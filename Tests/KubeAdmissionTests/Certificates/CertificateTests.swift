import KubeAdmission
import KubeModel
import Testing
@_spi(FixedExpiryValidationTime) import X509

@Suite struct CertificateTests {
    private static let now = Timestamp(secondsSinceEpoch: 1_800_000_000)
    private static let request = CertificateRequest(
        dnsNames: ["swiftlet.system.svc", "swiftlet.system"],
        ipAddresses: ["127.0.0.1", "::1"]
    )

    private static func authority(_ name: String = "test", at now: Timestamp = now) throws -> CertificateAuthority {
        try CertificateAuthority(named: name, now: now, validity: .seconds(3650 * 86400))
    }

    @Test func `an issued certificate says what was asked for`() throws {
        let authority = try Self.authority()
        let issued = try authority.issue(Self.request, now: Self.now, validity: .seconds(86400))
        #expect(issued.notBefore == Self.now.advanced(by: .seconds(-300)))
        #expect(issued.notAfter == Self.now.advanced(by: .seconds(86400)))
        #expect(issued.covers(Self.request))
        #expect(issued.covers(CertificateRequest(dnsNames: ["swiftlet.system"])))
        #expect(!issued.covers(CertificateRequest(dnsNames: ["other"])))
        #expect(!issued.covers(CertificateRequest(dnsNames: [], ipAddresses: ["127.0.0.2"])))
        #expect(issued.issuer(among: [try Self.authority("other"), authority]) == authority.id)
        #expect(issued.issuer(among: [try Self.authority()]) == nil)
        #expect(try issued.leaf.extensions.extendedKeyUsage == ExtendedKeyUsage([.serverAuth]))
        _ = try issued.serverContext(protocols: ["h2"])
    }

    @Test func `a certificate does not outlive its authority`() throws {
        let authority = try CertificateAuthority(named: "short", now: Self.now, validity: .seconds(60))
        let issued = try authority.issue(Self.request, now: Self.now, validity: .seconds(86400))
        #expect(issued.notAfter == authority.notAfter)
    }

    /// A verifier of its own, with the policies of RFC 5280.
    @Test func `a verifier accepts it by its authority, at its time and by its name alone`() async throws {
        let authority = try Self.authority()
        let other = try Self.authority("other")
        let issued = try authority.issue(Self.request, now: Self.now, validity: .seconds(86400))
        func isValid(_ roots: [CertificateAuthority], after: Int, host: String = "swiftlet.system.svc") async -> Bool {
            let moment = Self.now.advanced(by: .seconds(after))
            var verifier = Verifier(rootCertificates: CertificateStore(roots.map(\.certificate))) {
                RFC5280Policy(fixedExpiryValidationTime: moment.foundationDate)
                ServerIdentityPolicy(serverHostname: host, serverIP: nil)
            }
            let result = await verifier.validate(leaf: issued.leaf, intermediates: CertificateStore([]))
            if case .validCertificate = result { return true } else { return false }
        }
        #expect(await isValid([authority], after: 0))
        #expect(await isValid([other, authority], after: 86399))
        #expect(await !isValid([other], after: 0))
        #expect(await !isValid([authority], after: 86401))
        #expect(await !isValid([authority], after: -301))
        #expect(await !isValid([authority], after: 0, host: "example.com"))
    }

    @Test func `PEM goes out and comes in`() throws {
        let authority = try Self.authority()
        let issued = try authority.issue(Self.request, now: Self.now, validity: .seconds(86400))
        let read = try IssuedCertificate(chainPEM: issued.chainPEM, keyPEM: issued.keyPEM, name: "tls")
        #expect(read == issued)
        let bundle = CertificateBundle([authority, try Self.authority("b", at: Self.now.advanced(by: .seconds(-5)))])
        #expect(try CertificateBundle(pem: bundle.pem, field: "ca.crt") == bundle)
        #expect(CertificateBundle(bundle.authorities.reversed() + bundle.authorities).pem == bundle.pem)
        #expect(!bundle.pem.contains("PRIVATE"))
    }

    @Test(arguments: [
        "", "x", "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        String(repeating: "x", count: 70_000),
    ])
    func `foreign text that is no certificate is refused by its field`(text: String) {
        let error = #expect(throws: AdmissionError.self) { try CertificateBundle(pem: text, field: "ca.crt") }
        #expect(error?.code == .certificate)
        #expect(error?.message.hasPrefix("ca.crt ") == true)
    }

    @Test func `bundles of too many certificates are refused`() throws {
        let pem = try Self.authority().pem
        let error = #expect(throws: AdmissionError.self) {
            try CertificateBundle(pem: String(repeating: pem, count: 17), field: "ca.crt")
        }
        #expect(error?.message == "ca.crt holds more than 16 certificates")
    }

    @Test func `keys that do not fit are refused`() throws {
        let authority = try Self.authority()
        let one = try authority.issue(Self.request, now: Self.now, validity: .seconds(86400))
        let other = try authority.issue(Self.request, now: Self.now, validity: .seconds(86400))
        for (key, message) in [
            (other.keyPEM, "the key is not that of the certificate"), ("", "tls.key holds no private key"),
            (
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
                "tls.key has a passphrase"
            ),
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "tls.key is no PEM of a private key"),
        ] {
            let error = #expect(throws: AdmissionError.self) {
                try IssuedCertificate(chainPEM: one.chainPEM, keyPEM: key, name: "tls")
            }
            #expect(error?.message.hasPrefix(message) == true, "\(String(describing: error))")
        }
    }

    @Test(arguments: [
        CertificateRequest(dnsNames: []), CertificateRequest(dnsNames: ["a b"]), CertificateRequest(dnsNames: [""]),
        CertificateRequest(dnsNames: ["ü"]), CertificateRequest(dnsNames: [], ipAddresses: ["1.2.3"]),
        CertificateRequest(dnsNames: [String(repeating: "a", count: 254)]),
    ])
    func `names that cannot be are refused`(request: CertificateRequest) throws {
        let authority = try Self.authority()
        #expect(throws: AdmissionError.self) { try authority.issue(request, now: Self.now, validity: .seconds(1)) }
        #expect(throws: AdmissionError.self) {
            try authority.trusted.issue(Self.request, now: Self.now, validity: .seconds(1))
        }
    }
}
