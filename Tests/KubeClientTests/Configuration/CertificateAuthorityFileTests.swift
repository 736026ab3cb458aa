import KubeTransport
import Testing

@testable import KubeClient

@Suite struct CertificateAuthorityFileTests {
    private func authorities(_ configuration: ClusterConfiguration) -> String? {
        configuration.endpoint(with: .anonymous).tls.certificateAuthorities.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("Authorities in a file are read again once a minute has passed, in a pod too", arguments: [false, true])
    func rereading(inPod: Bool) throws {
        let pod = TestHost(
            files: ConfigurationLoaderTests.podFiles,
            variables: ConfigurationLoaderTests.podVariables
        )
        let path = inPod ? ServiceAccount.certificateAuthorityFile : "/ca"
        let host =
            inPod ? pod : Samples.host(cluster: "certificate-authority: /ca", files: ["/ca": Samples.certificate])
        let configuration = try host.load()
        host.write(Samples.otherCertificate, to: path)
        host.advance(bySeconds: 59)
        #expect(authorities(configuration) == Samples.certificate)
        host.advance(bySeconds: 1)
        #expect(authorities(configuration) == Samples.otherCertificate)
        #expect(authorities(configuration) == Samples.otherCertificate)
        #expect(host.reads(of: path) == 2)
    }

    @Test(
        "While the file is away or holds no certificate, the authorities read before stay trusted",
        arguments: [nil, "", "x"]
    )
    func damaged(content: String?) throws {
        let host = Samples.host(cluster: "certificate-authority: /ca", files: ["/ca": Samples.certificate])
        let configuration = try host.load()
        host.write(content, to: "/ca")
        host.advance(bySeconds: 60)
        #expect(authorities(configuration) == Samples.certificate)
        #expect(host.warnings.first?.contains("/ca") == true)
        #expect(!configuration.endpoint(with: .anonymous).tls.insecureSkipVerify)
    }
}
