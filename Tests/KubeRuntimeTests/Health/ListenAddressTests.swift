import KubeRuntime
import Testing

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8080), (":8080", "", 8080), ("[::]:0", "::", 0), ("[::1]:65535", "::1", 65535),
        ("localhost:80", "localhost", 80), ("0.0.0.0:08080", "0.0.0.0", 8080), ("[fe80::1%eth0]:1", "fe80::1%eth0", 1),
        ("[::ffff:10.0.0.1]:1", "::ffff:10.0.0.1", 1), (":0", "", 0),
    ])
    func `addresses are read`(text: String, host: String, port: UInt16) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address == ListenAddress(host: host, port: port))
        #expect(try ListenAddress(parsing: address.description) == address)
    }

    @Test(arguments: [
        ("", "there is no port"), ("8080", "there is no port"), ("127.0.0.1", "there is no port"),
        ("host:", "the port is not a number"), ("host:65536", "the port is not a number"),
        ("host:-1", "the port is not a number"), ("host:+1", "the port is not a number"),
        ("host:8 0", "the port is not a number"), ("host:٨٠", "the port is not a number"),
        ("host:99999999999999999999999", "the port is not a number"),
        ("[::1]", "the port is not a number"), ("::1:80", "an IPv6 address needs brackets"),
        ("[]:80", "there is no IPv6 address"), ("[::1:80", "there is no IPv6 address"),
        ("::1]:80", "there is no IPv6 address"), ("[127.0.0.1]:80", "there is no IPv6 address"),
        ("[fe80::1%]:80", "there is no IPv6 address"), ("[::g]:80", "there is no IPv6 address"),
        ("[::1%a b]:80", "there is no IPv6 address"), ("http://host:80", "an IPv6 address needs brackets"),
        ("a b:80", "neither a name nor an address"), ("a/b:80", "neither a name nor an address"),
        ("\(String(repeating: "a", count: 254)):80", "neither a name nor an address"),
    ])
    func `other texts are refused with what would be right`(text: String, why: String) {
        let error = #expect(throws: HealthError.self) { try ListenAddress(parsing: text) }
        #expect(error?.code == .address)
        #expect(error?.message.contains("'\(text)'") == true)
        #expect(error?.message.contains(why) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("host:port") == true)
    }
}
