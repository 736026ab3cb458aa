import Testing

@testable import KubeTransport

@Suite struct RouteTests {
    @Test(arguments: [
        ("https://10.0.0.1", "https://10.0.0.1:443"),
        ("https://10.0.0.1:6443/", "https://10.0.0.1:6443"),
        ("http://kube.test", "http://kube.test:80"),
        ("https://[fd00::1]:6443", "https://[fd00::1]:6443"),
        ("https://kube.test/k8s/clusters/c-1//", "https://kube.test:443/k8s/clusters/c-1"),
        ("HTTPS://Kube.test", "https://Kube.test:443"),
    ])
    func aBaseURLIsBroughtIntoOneForm(url: String, prefix: String) throws {
        let route = try Route(TransportEndpoint(baseURL: url))
        #expect(route.prefix == prefix)
        #expect(route.connectTo == nil)
        #expect(route.hostHeader == nil)
    }

    @Test(arguments: [
        ("https://10.0.0.1:6443/a", "https://kube.test:6443/a", "::10.0.0.1:6443", "10.0.0.1:6443"),
        ("https://[fd00::1]", "https://kube.test:443", "::[fd00::1]:443", "[fd00::1]"),
    ])
    func aServerNameTakesTheHostsPlace(url: String, prefix: String, connectTo: String, host: String) throws {
        let endpoint = TransportEndpoint(baseURL: url, tls: TLSConfiguration(serverName: "kube.test"))
        let route = try Route(endpoint)
        #expect(route.prefix == prefix)
        #expect(route.connectTo == connectTo)
        #expect(route.hostHeader == host)
    }

    @Test(arguments: ["http://10.0.0.1", "https://kube.test"])
    func aServerNameChangesNothingWithoutTLSOrIfItIsTheHost(url: String) throws {
        let route = try Route(TransportEndpoint(baseURL: url, tls: TLSConfiguration(serverName: "kube.test")))
        #expect(route.connectTo == nil)
    }

    @Test(arguments: [
        ("https://user:secret@kube.test/a@b", "https://kube.test/a@b"),
        ("http://us@er:secret@kube.test", "http://kube.test"),
        ("user:secret@kube.test", "kube.test"),
        ("https://kube.test/a@b", "https://kube.test/a@b"),
    ])
    func credentialsAreNotShown(url: String, shown: String) {
        #expect(TransportEndpoint(baseURL: url).displayURL == shown)
    }
}
