import Injection
import Testing

struct TransparentProxySettingsTests {
    @Test(
        arguments: [
            [], ["--redirect-inbound=false"], ["--redirect-dns=true", "--redirect-dns-port=5353"], ["--kuma-dp-uid=77"],
            ["--redirect-outbound-port=1", "--redirect-inbound-port=65535", "--ip-family-mode=ipv4"],
            ["--exclude-inbound-ports=1,2-3", "--exclude-outbound-ports=4"],
            ["--exclude-inbound-ips=10.0.0.0/8,::1", "--exclude-outbound-ips=1.2.3.4"],
            ["--exclude-outbound-ports-for-uids=tcp:80,3000-5000:106-108;53:1001;0"],
        ]
    )
    func argumentsSayEverything(flags: [String]) throws {
        let settings = try TransparentProxySettings(arguments: flags)
        #expect(try TransparentProxySettings(arguments: settings.arguments) == settings)
        if !flags.isEmpty { #expect(settings != TransparentProxySettings()) }
    }

    @Test func valuesMayStandAloneAndListsAddUp() throws {
        let settings = try TransparentProxySettings(arguments: [
            "--exclude-inbound-ports", "1", "--exclude-inbound-ports=2", "--redirect-dns", "enabled",
        ])
        #expect(settings.excludedInboundPorts.map(\.description) == ["1", "2"])
        #expect(settings.dnsPort == 15053)
    }

    @Test(
        arguments: [
            ("--what=1", "unknown argument"), ("15001", "unknown argument"), ("--kuma-dp-uid", "needs a value"),
            ("--kuma-dp-uid=0", "--kuma-dp-uid"), ("--redirect-inbound-port=70000", "65535"),
            ("--exclude-inbound-ports=9-8", "range"), ("--exclude-inbound-ports=0", "range"),
            ("--exclude-inbound-ports=-1", "range"), ("--exclude-inbound-ports=1-2-3", "range"),
            ("--exclude-outbound-ips=10.0.0.0/33", "CIDR"), ("--exclude-outbound-ips=10.0.0", "CIDR"),
            ("--exclude-outbound-ips=::/129", "CIDR"), ("--exclude-outbound-ips=example.com", "CIDR"),
            ("--ip-family-mode=ipv6", "dualstack"), ("--redirect-dns=maybe", "enabled"),
            ("--exclude-outbound-ports-for-uids=http:1:1", "tcp"), ("--exclude-outbound-ports-for-uids=1:*", "uids"),
            ("--exclude-outbound-ports-for-uids=a:b:c:d", "uids"), ("--exclude-outbound-ports-for-uids=1:1,2", "uids"),
        ]
    )
    func whatIsWrongIsNamed(flag: String, words: String) {
        #expect {
            try TransparentProxySettings(arguments: [flag])
        } throws: { error in
            "\(error)".contains(words)
        }
    }

    @Test func listsAreBounded() {
        let ports = (1...257).map(String.init).joined(separator: ",")
        #expect(throws: SettingProblem.self) {
            try TransparentProxySettings(arguments: ["--exclude-inbound-ports=\(ports)"])
        }
    }

    @Test(
        arguments: [
            ("10.1.2.3", "10.1.2.3/32"), ("10.1.2.3/8", "10.0.0.0/8"), ("10.255.2.3/9", "10.128.0.0/9"),
            ("0.0.0.0/0", "0.0.0.0/0"), ("FD00:0::1", "fd00::1/128"), ("fd00::ffff/112", "fd00::/112"),
            ("::/0", "::/0"),
        ]
    )
    func blocksAreCanonical(text: String, canonical: String) {
        #expect(AddressBlock(text)?.description == canonical)
    }

    @Test(arguments: [
        "", "/", "1.2.3.4/", "1.2.3.4/ 8", "1.2.3.4/+8", "1.2.3.4\0", " 1.2.3.4", "1.2.3.4/8/8", "::1%lo",
    ])
    func whatIsNoBlockIsNone(text: String) {
        #expect(AddressBlock(text) == nil)
    }
}
