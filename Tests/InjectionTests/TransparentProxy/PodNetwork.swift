import Foundation
import Injection
import PollingSupport
import Testing

/// Two network namespaces with names of their own, joined by a pair of interfaces, and servers that tell who they are.
struct PodNetwork: Sendable {
    /// For suites that need root and a kernel with NAT.
    static let isThere = ConditionTrait.enabled(
        if: ProcessInfo.processInfo.environment["SWIFTLET_NETNS"] == "1",
        "makes network namespaces and needs root for it: set SWIFTLET_NETNS=1"
    )

    enum Place { case pod, peer, loopback }

    let family: AddressFamily
    private let pod: String
    private let peer: String

    /// Runs `body` with a network, which is taken down afterwards.
    static func with(
        _ family: AddressFamily,
        _ body: @Sendable @escaping (PodNetwork) async throws -> Void
    ) async throws {
        let id = String(UInt32.random(in: 0 ... .max), radix: 36)
        let network = PodNetwork(family: family, pod: "swpod\(id)", peer: "swpeer\(id)")
        do {
            try await network.setUp(id)
            guard await network.canTranslate() else {
                print("skipped: this kernel has no address translation for \(family.rawValue)")
                return await network.tearDown()
            }
            try await network.serve(network.pod) {
                try await network.serve(network.peer) {
                    try await network.waitForServers()
                    try await body(network)
                }
            }
        } catch {
            await network.tearDown()
            throw error
        }
        await network.tearDown()
    }

    func address(_ place: Place) -> String {
        switch (family, place) {
        case (.ipv4, .pod): "192.0.2.1"
        case (.ipv4, .peer): "192.0.2.2"
        case (.ipv4, .loopback): "127.0.0.1"
        case (.ipv6, .pod): "2001:db8::1"
        case (.ipv6, .peer): "2001:db8::2"
        case (.ipv6, .loopback): "::1"
        }
    }

    func install(_ settings: TransparentProxySettings) async throws {
        try await restore(TransparentProxyRules(settings).installation(family, over: savedRules(withCounters: true)))
    }

    func uninstall() async throws {
        let input = TransparentProxyRules.removal(from: try await savedRules(withCounters: true))
        if !input.isEmpty { try await restore(input) }
    }

    func restore(_ input: String) async throws {
        _ = try await inPod([tables("-restore"), "--noflush"], input: input)
    }

    /// Without comments and counters, which tell the time and the traffic.
    func savedRules(withCounters: Bool = false) async throws -> String {
        let saved = try await inPod([tables("-save"), "-t", "nat"])
        if withCounters { return saved }
        return saved.split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { line in line.hasPrefix(":") ? String(line.prefix { $0 != "[" }) : String(line) }
            .joined(separator: "\n")
    }

    /// Who answers the peer that connects to a port of the pod; empty when nobody does.
    func peerReaches(_ port: Int) async throws -> String {
        try await client(in: peer, ["tcp", address(.pod), "\(port)", "0", ""])
    }

    /// Who answers the pod's user `uid`.
    func podReaches(_ place: Place, _ port: Int, uid: Int, from source: String = "") async throws -> String {
        try await client(in: pod, ["tcp", address(place), "\(port)", "\(uid)", source])
    }

    /// Who answers a datagram to the peer.
    func podAsks(_ port: Int, uid: Int) async throws -> String {
        try await client(in: pod, ["udp", address(.peer), "\(port)", "\(uid)", ""])
    }

    private func client(in namespace: String, _ arguments: [String]) async throws -> String {
        let run = try await Program.run("ip", ["netns", "exec", namespace, "python3", "-c", clientProgram] + arguments)
        return run.output
    }

    /// Runs `body` while the servers of a namespace run.
    private func serve(_ namespace: String, _ body: @Sendable @escaping () async throws -> Void) async throws {
        let servers =
            namespace == pod
            ? ["tcp:8080:application", "tcp:15001:outbound", "tcp:15006:inbound", "udp:15053:dns"]
            : ["tcp:9000:peer", "udp:53:peer", "udp:54:peer"]
        let command = ["netns", "exec", namespace, "python3", "-c", serverProgram]
        try await Program.run("ip", command + servers, while: body)
    }

    private func tables(_ suffix: String) -> String { (family == .ipv4 ? "iptables" : "ip6tables") + suffix }

    private func inPod(_ command: [String], input: String = "") async throws -> String {
        try await Program.output("ip", ["netns", "exec", pod] + command, input: input)
    }

    private func setUp(_ id: String) async throws {
        for namespace in [pod, peer] { try Self.record(namespace) }
        let (a, b) = ("swa\(id)", "swb\(id)")
        let length = family == .ipv4 ? "/24" : "/64"
        for command in [
            "netns add \(pod)", "netns add \(peer)",
            "link add \(a) netns \(pod) type veth peer name \(b) netns \(peer)",
            "-n \(pod) link set lo up", "-n \(peer) link set lo up", "-n \(pod) link set \(a) up",
            "-n \(peer) link set \(b) up",
            "-n \(pod) addr add \(address(.pod))\(length) dev \(a)" + (family == .ipv6 ? " nodad" : ""),
            "-n \(peer) addr add \(address(.peer))\(length) dev \(b)" + (family == .ipv6 ? " nodad" : ""),
        ] {
            _ = try await Program.output("ip", command.split(separator: " ").map(String.init))
        }
    }

    /// Has a later run remove the namespace when this one is killed: no process stands for it. See Tests/runs.sh.
    private static func record(_ namespace: String) throws {
        guard let run = ProcessInfo.processInfo.environment["SWIFTLET_RUN"] else { return }
        try Data().write(to: URL(filePath: run).appending(path: "netns").appending(path: namespace))
    }

    private func canTranslate() async -> Bool {
        let probe =
            "*nat\n-A OUTPUT -p tcp -j REDIRECT --to-ports 1\n-D OUTPUT -p tcp -j REDIRECT --to-ports 1\nCOMMIT\n"
        let arguments = ["netns", "exec", pod, tables("-restore"), "--noflush"]
        return (try? await Program.run("ip", arguments, input: probe).status) == 0
    }

    private func waitForServers() async throws {
        let deadline = ContinuousClock.now + .seconds(90).patiently
        while ContinuousClock.now < deadline {
            let application = try await podReaches(.loopback, 8080, uid: 0)
            if application == "application", try await podReaches(.peer, 9000, uid: 0) == "peer" { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the servers of the test do not answer")
    }

    private func tearDown() async {
        for namespace in [pod, peer] { _ = try? await Program.run("ip", ["netns", "del", namespace]) }
    }
}

private let serverProgram = """
    import socket, sys, threading

    def tcp(port, name):
        server = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=50)
        while True:
            connection, _ = server.accept()
            connection.sendall(name.encode())
            connection.close()

    def udp(port, name):
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        # The answer must come from the address that was asked.
        server.bind(("127.0.0.1" if name == "dns" else "0.0.0.0", port))
        while True:
            _, address = server.recvfrom(100)
            server.sendto(name.encode(), address)

    threads = []
    for argument in sys.argv[1:]:
        kind, port, name = argument.split(":")
        threads.append(threading.Thread(target=tcp if kind == "tcp" else udp, args=(int(port), name)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    """

private let clientProgram = """
    import os, socket, sys

    kind, address, port, uid, source = sys.argv[1:]
    os.setuid(int(uid))
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    client = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    client.settimeout(2)
    if source:
        client.bind((source, 0))
    try:
        client.connect((address, int(port)))
        if kind == "udp":
            client.send(b"?")
        print(client.recv(100).decode(), end="")
    except OSError:
        pass
    """
