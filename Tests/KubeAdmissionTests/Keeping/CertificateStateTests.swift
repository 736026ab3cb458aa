import JSON
import KubeAdmission
import KubeModel
import Testing

@Suite struct CertificateStateTests {
    private static let now = Timestamp(secondsSinceEpoch: 1_800_000_000)
    private static let requests = [CertificateRequest(dnsNames: ["webhook"])]

    /// The data of a Secret with an authority and a certificate by it.
    private static func data() throws -> [String: String] {
        let authority = try CertificateAuthority(named: "test", now: now, validity: .seconds(86400))
        let issued = try authority.issue(requests[0], now: now, validity: .seconds(3600))
        return [
            "ca.crt": authority.pem, "ca.key": issued.keyPEM, "tls.crt": issued.chainPEM, "tls.key": issued.keyPEM,
        ]
    }

    private static func state(_ data: [String: String]) -> CertificateState {
        CertificateState(data: .strings(data.mapValues(\.base64)), names: ["tls"])
    }

    @Test func `a Secret without content is empty, and nothing is wrong with it`() {
        for data in [nil, .null, [:], ["tls.crt": "", "tls.key": "", "ca.crt": ""], ["other": "eA=="]] as [JSONValue?] {
            let state = CertificateState(data: data, names: ["tls"])
            #expect(state.faults.isEmpty)
            #expect(state.view(of: Self.requests) == SecretView())
        }
    }

    @Test func `what cannot be read is left out and told`() throws {
        var data = try Self.data()
        let whole = Self.state(data)
        #expect(whole.faults == ["ca.key is the key of no certificate in ca.crt"])
        #expect(whole.view(of: Self.requests).leaves["tls"]?.isAsRequested == true)
        data["tls.key"] = "x"
        let state = Self.state(data)
        #expect(state.faults.count == 2)
        #expect(state.leaves.isEmpty)
        #expect(state.authorities.count == 1)
        data["ca.crt"] = "x"
        #expect(Self.state(data).view(of: Self.requests) == SecretView())
    }

    @Test func `a leaf by an authority that is not in the bundle does not count`() throws {
        var data = try Self.data()
        data["ca.crt"] = try Self.data()["ca.crt"]
        #expect(Self.state(data).view(of: Self.requests).leaves.isEmpty)
    }

    @Test func `a leaf for other names is seen as such`() throws {
        let view = Self.state(try Self.data()).view(of: [CertificateRequest(dnsNames: ["webhook", "more"])])
        #expect(view.leaves["tls"]?.isAsRequested == false)
    }

    @Test func `what is written is read again`() throws {
        let state = Self.state(try Self.data())
        let again = CertificateState(data: .object(try state.data()), names: ["tls"])
        #expect(again.view(of: Self.requests) == state.view(of: Self.requests))
        #expect(again.faults.isEmpty)
    }
}
