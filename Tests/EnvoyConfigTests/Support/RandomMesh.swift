import Dataplanes
import EnvoyConfig
import KubeModel
import TestSupport
import TrafficPolicy

/// Meshes with a bit of everything.
struct RandomMesh {
    var random: SeededGenerator
    /// What a compiler has been told so far.
    var services: [String: MeshService] = [:]
    var dataplanes: [ObjectKey: Dataplane] = [:]
    var views: [ObjectKey: RouteView] = [:]
    var settings = MeshSettings(mesh: "default")

    static let names = (0..<8).map { "service-\($0)_shop_svc_80" }
    private static let texts = ["v1", "v2", "canary"]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// Changes a few things, and tells what.
    mutating func step() -> MeshChange {
        var change = MeshChange()
        if chance(0.1) {
            settings.passthrough.toggle()
            change.settings = settings
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let name = pick(Self.names)
            services[name] = chance(0.15) ? nil : services[name].map { changed($0) } ?? service(name)
            change.services[name] = .some(services[name])
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let key = ObjectKey(namespace: "shop", name: "pod-\(Int.random(in: 0..<5, using: &random))")
            dataplanes[key] = chance(0.2) ? nil : dataplane(key)
            change.dataplanes[key] = .some(dataplanes[key])
            // One that went and came back within a step is told as another pod of the name.
            views[key] = dataplanes[key] == nil ? nil : views[key] ?? RouteView()
            change.views[key] = views[key]
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            guard let key = dataplanes.keys.sorted().randomElement(using: &random) else { continue }
            // Now and then that of a neighbour, so that views are shared.
            let view = chance(0.4) ? views.sorted { $0.key < $1.key }.randomElement(using: &random)?.value : nil
            views[key] = view ?? self.view()
            change.views[key] = views[key]
        }
        return change
    }

    /// All at once, as for a compiler that starts.
    var whole: MeshChange {
        MeshChange(
            settings: settings,
            services: services.mapValues { $0 },
            dataplanes: dataplanes.mapValues { $0 },
            views: views
        )
    }

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &random)]
    }

    private mutating func service(_ name: String) -> MeshService {
        let trafficProtocol = pick(TrafficProtocol.allCases)
        let index = (Self.names.firstIndex(of: name) ?? 0) + 1
        var result = MeshService(
            name: name,
            mesh: "default",
            trafficProtocol: trafficProtocol,
            addresses: [],
            endpoints: []
        )
        for pod in 0..<Int.random(in: 0...4, using: &random) {
            let tags: Tags = [
                TagName.service: name, TagName.protocolName: trafficProtocol.rawValue, "version": pick(Self.texts),
                TagName.instance: "pod-\(pod)",
            ]
            result.endpoints.append(Endpoint(address: "10.2.\(index).\(pod + 1)", port: 8080, tags: tags))
        }
        if chance(0.3) {
            // Addresses of pods that another service may claim as well.
            result.addresses = result.endpoints.map {
                ServiceAddress(
                    address: chance(0.3) ? "10.2.99.1" : $0.address,
                    port: 8080,
                    instance: $0.tags[TagName.instance]
                )
            }
        } else {
            result.addresses = [ServiceAddress(address: "10.1.0.\(index)", port: 80)]
            if chance(0.2) { result.addresses.append(ServiceAddress(address: "fd00::\(index)", port: 80)) }
            if chance(0.1) { result.addresses.append(ServiceAddress(address: "10.1.0.\(index + 1)", port: 80)) }
        }
        return result
    }

    private mutating func changed(_ old: MeshService) -> MeshService {
        var new = old
        let fresh = service(old.name)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: new.trafficProtocol = fresh.trafficProtocol
        case 1: new.addresses = fresh.addresses
        case 2: new.endpoints = fresh.endpoints
        default: _ = new.endpoints.popLast()
        }
        return new
    }

    private mutating func dataplane(_ key: ObjectKey) -> Dataplane {
        let isIPv6 = chance(0.1)
        let address = (isIPv6 ? "fd00::1:" : "10.2.1.") + "\((key.name.last?.wholeNumberValue ?? 0) + 1)"
        let inbounds = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            Inbound(
                port: pick([8080, 8081, 9090]),
                tags: [
                    TagName.service: pick(Self.names), TagName.protocolName: pick(TrafficProtocol.allCases).rawValue,
                ],
                state: pick([.ready, .notReady, .ignored])
            )
        }
        let gateway: Tags? = chance(0.1) ? [TagName.service: "gateway"] : nil
        return Dataplane(
            key: key,
            uid: UID("uid"),
            mesh: "default",
            address: address,
            inbounds: gateway == nil ? inbounds : [],
            gateway: gateway
        )
    }

    private mutating func view() -> RouteView {
        var view = RouteView()
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let name = pick(Self.names)
            view.decided[name] = route(to: name)
        }
        return view
    }

    private mutating func route(to service: String) -> ServiceRoute {
        ServiceRoute(
            origin: "route-\(Int.random(in: 0..<3, using: &random))",
            loadBalancer: loadBalancer(),
            rules: (0..<Int.random(in: 0...2, using: &random)).map { _ in rule(service) },
            split: split(service)
        )
    }

    private mutating func split(_ service: String) -> [WeightedDestination] {
        (0..<Int.random(in: 1...3, using: &random)).map { _ in
            var tags = [TagName.service: chance(0.7) ? service : pick(Self.names + ["gone_shop_svc_80"])]
            if chance(0.6) { tags["version"] = pick(Self.texts) }
            if chance(0.1) { tags[TagName.instance] = "pod-0" }
            return WeightedDestination(
                tags: Tags(tags),
                weight: chance(0.05) ? .max : .random(in: 1...100, using: &random)
            )
        }
    }

    private mutating func loadBalancer() -> LoadBalancer {
        let size: UInt64? = chance(0.5) ? .random(in: 1...5000, using: &random) : nil
        return pick([
            .roundRobin, .random, .maglev, .leastRequest(choiceCount: nil), .leastRequest(choiceCount: 3),
            .ringHash(function: .xxHash, minimumRingSize: size, maximumRingSize: 8000),
            .ringHash(function: .murmurHash2, minimumRingSize: nil, maximumRingSize: size),
            .ringHash(function: nil, minimumRingSize: nil, maximumRingSize: nil),
        ])
    }

    private mutating func rule(_ service: String) -> HTTPRule {
        var rule = HTTPRule(match: RequestMatch(), split: split(service))
        if chance(0.5) { rule.match.method = pick([.exact("GET"), .prefix("P"), .regex("GET|PUT")]) }
        if chance(0.7) { rule.match.path = pick([.exact("/a"), .prefix("/api"), .regex("/a/[0-9]+/.*")]) }
        if chance(0.5) { rule.match.headers["x-user"] = pick([.exact("me"), .prefix("m"), .regex("m.*e")]) }
        if chance(0.3) { rule.match.headers["x-other"] = .exact("") }
        if case .prefix? = rule.match.path, chance(0.5) { rule.modification.path = .prefix("/v2") }
        if rule.modification.path == nil, chance(0.3) {
            rule.modification.path = .regex(pattern: "^/a/(.*)$", substitution: #"/b/\1"#)
        }
        if chance(0.3) {
            rule.modification.host = pick([
                .value("example.org"), .fromPath(pattern: "^/(.+)/.+$", substitution: #"\1.example.org"#),
            ])
        }
        if chance(0.4) {
            rule.modification.requestHeaders.add = [.init(name: "x-a", value: pick(["1", ""]), appends: chance(0.5))]
            rule.modification.requestHeaders.remove = ["x-b"]
            rule.modification.responseHeaders.add = [.init(name: "x-c", value: "2", appends: chance(0.5))]
            rule.modification.responseHeaders.remove = ["x-d"]
        }
        return rule
    }
}
