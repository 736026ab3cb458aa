import JSON
import KubeModel

/// What an operator was told to do: the arguments of its container, which are the truth about what is on.
package struct InstallSettings: Hashable, Sendable {
    /// The namespaces that are looked after; empty for all.
    package var namespaces: [String] = []
    package var hasWebServers = true
    /// Whether replicas agree on who writes.
    package var elects = true
    /// Whether it registers its webhooks itself.
    package var registers = true
    package var lease = "swiftlet"
    package var service = "swiftlet"
    /// A Secret that somebody else fills.
    package var givenSecret: String?

    private var wantsMesh = true
    private var wantsInjection: Bool?
    private var wantsValidation: Bool?

    /// All that an operator does that was told nothing.
    package init() {}

    /// Where nobody says what it was told: all of it, with webhooks that somebody else registers.
    static let unseen = InstallSettings(arguments: ["--no-register-webhooks"])

    /// - Parameter arguments: of `swiftlet operator`, as the shell would pass them on. What is not known here says nothing.
    package init(arguments: [String]) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard Self.takingValue.contains(name) else {
                take(flag: name)
                continue
            }
            guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else { return }
            take(name, value)
        }
        namespaces = Set(namespaces).sorted()
    }

    /// Of a Deployment of the operator.
    package init(deployment: JSONValue) {
        let containers = deployment[path: "spec", "template", "spec", "containers"]?.arrayValue ?? []
        let lines = containers.map { container in
            ["command", "args"].flatMap { container[$0]?.arrayValue ?? [] }.compactMap(\.stringValue)
        }
        self.init(arguments: lines.first { $0.contains("operator") } ?? lines.first ?? [])
    }

    private static let takingValue: Set = [
        "--namespace", "-n", "--lease-name", "--operator-service", "--certificate-secret",
    ]

    private mutating func take(_ name: String, _ value: String) {
        switch name {
        case "--namespace", "-n": namespaces.append(value)
        case "--lease-name": lease = value
        case "--operator-service": service = value
        default: givenSecret = value
        }
    }

    private mutating func take(flag: String) {
        switch flag {
        case "--web-servers": hasWebServers = true
        case "--no-web-servers": hasWebServers = false
        case "--mesh": wantsMesh = true
        case "--no-mesh": wantsMesh = false
        case "--injection": wantsInjection = true
        case "--no-injection": wantsInjection = false
        case "--validation": wantsValidation = true
        case "--no-validation": wantsValidation = false
        case "--leader-election": elects = true
        case "--no-leader-election": elects = false
        case "--register-webhooks": registers = true
        case "--no-register-webhooks": registers = false
        default: break
        }
    }

    // MARK: - What follows

    /// Meshes are the whole cluster's.
    package var hasMesh: Bool { wantsMesh && namespaces.isEmpty }
    package var injects: Bool { hasMesh && wantsInjection ?? true }
    package var validates: Bool { wantsValidation ?? namespaces.isEmpty }
    /// Whether anybody is shown a certificate: API servers or sidecars.
    package var hasCertificates: Bool { hasMesh || validates }

    /// Its certificates.
    package var secret: String { givenSecret ?? "\(service)-certificates" }

    /// The certificates in ``secret``: somebody else's is one, which all show.
    package var certificates: [String] { hasMesh && givenSecret == nil ? ["tls", "xds"] : ["tls"] }

    /// The same operator, as far as it concerns one namespace.
    func looking(at namespace: String) -> InstallSettings {
        var settings = self
        settings.namespaces = [namespace]
        return settings
    }

    /// With what whoever asks knows better.
    func with(_ place: InstallState.Place) -> InstallSettings {
        var settings = self
        settings.service = place.service ?? service
        settings.lease = place.lease ?? lease
        settings.givenSecret = place.certificateSecret ?? givenSecret
        return settings
    }
}
