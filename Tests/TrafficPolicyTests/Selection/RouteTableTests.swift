import Dataplanes
import KubeModel
import SwiftletAPI
import TestSupport
import Testing

@testable import TrafficPolicy

struct RouteTableTests {
    private static let tags: [Tags] = [["kuma.io/service": "client"]]

    @Test func `A view has the services that some TrafficRoute decides about, and no others`() {
        let table = RouteTable(mesh: "default", routes: [.make("a", to: [web, db], conf: .versions(["v1": 1]))])
        let view = table.view(for: Self.tags, services: [web, api])
        #expect(Set(view.decided.keys) == [web])
        #expect(view.route(to: web).split == [.init(tags: ["kuma.io/service": web, "version": "v1"], weight: 1)])
        #expect(view.route(to: api) == .all(of: api))
    }

    @Test func `A route for all services decides about all that there are`() {
        let table = RouteTable(
            mesh: "default",
            routes: [.make("all"), .make("web", to: [web], conf: .versions(["v1": 1]))]
        )
        let view = table.view(for: Self.tags, services: [web, api, db])
        #expect(view.decided.mapValues(\.origin) == [web: "web", api: "all", db: "all"])
        #expect(view.route(to: api).split == [.init(tags: ["kuma.io/service": api], weight: 1)])
    }

    @Test func `Applying one route cuts off no other service`() {
        let table = RouteTable(mesh: "default", routes: [.make("a", to: [web], conf: .versions(["v1": 9, "v2": 1]))])
        let view = table.view(for: Self.tags, services: [web, api])
        #expect(view.route(to: api) == .all(of: api))
        #expect(table.view(for: [["kuma.io/service": "x"]], services: [web]).route(to: web).split.count == 2)
    }

    @Test func `What is invalid is reported with its errors`() {
        let table = RouteTable(
            mesh: "default",
            routes: [
                .make("z", conf: TrafficRouteConf()), .make("good"), .make("b", from: []),
                .make("o", from: [], mesh: "o"),
            ]
        )
        #expect(table.excluded.map(\.name) == ["b", "z"])
        #expect(table.excluded.first?.errors.map(\.description) == ["spec.sources: must have at least one element"])
        #expect(table.routes.map(\.metadata.name) == ["good"])
    }

    @Test func `Proxies that match the same share a view`() {
        let routes: [TrafficRoute] = [
            .make("a", from: [["kuma.io/service": "x"]], to: [web]),
            .make("b", from: [["kuma.io/service": "y", "version": "v1"]], to: [web]),
        ]
        var views = RouteViews(table: RouteTable(mesh: "default", routes: routes), services: [web])
        for index in 0..<100 { _ = views.view(for: [["kuma.io/service": "other-\(index)", "pod": "p\(index)"]]) }
        #expect(views.count == 1)
        let first = views.view(for: [["kuma.io/service": "x", "pod": "1"]])
        #expect(views.view(for: [["kuma.io/service": "x", "pod": "2"]]) == first)
        #expect(views.count == 2)
        #expect(views.view(for: [["kuma.io/service": "y", "version": "v1"]]).route(to: web).origin == "b")
        #expect(views.count == 3)
    }

    @Test func `Nothing is merged`() {
        var random = LoadBalancerSection()
        random.random = EmptySection()
        let all = TrafficRouteConf(destination: ["kuma.io/service": "*"], loadBalancer: random)
        let table = RouteTable(
            mesh: "default",
            routes: [.make("a", to: [web], conf: .versions(["v1": 1])), .make("b", conf: all)]
        )
        let view = table.view(for: Self.tags, services: [web, api])
        #expect(view.route(to: web).loadBalancer == .roundRobin)
        #expect(view.route(to: api).loadBalancer == .random)
    }

    /// The written rule, word by word, without any index.
    private static func naive(_ routes: [TrafficRoute], _ tagSets: [Tags], _ service: String) -> String? {
        func matches(_ selector: [String: String], _ tags: [String: String]) -> Bool {
            selector.allSatisfy { name, value in tags[name].map { value == "*" || $0 == value } ?? false }
        }
        func rank(_ selector: [String: String]) -> (Int, Int) {
            (selector.count, selector.values.count { $0 != "*" })
        }
        func best(_ selectors: [[String: String]], _ tagSets: [[String: String]]) -> (Int, Int)? {
            selectors.filter { selector in tagSets.contains { matches(selector, $0) } }.map(rank).max(by: <)
        }
        var winner: (name: String, rank: (Int, Int), created: Int64)?
        for route in routes.sorted(by: { $0.metadata.name < $1.metadata.name }) {
            guard let source = best(route.spec.sources.map(\.match), tagSets.map(\.dictionary)),
                let destination = best(route.spec.destinations.map(\.match), [["kuma.io/service": service]])
            else { continue }
            let rank = (source.0 + destination.0, source.1 + destination.1)
            let created = route.metadata.creationTimestamp?.secondsSinceEpoch ?? .max
            if let known = winner, rank < known.rank || (rank == known.rank && created <= known.created) { continue }
            winner = (route.metadata.name, rank, created)
        }
        return winner?.name
    }

    private static let services = (0..<6).map { "s\($0)" }

    private static func randomTags(
        _ values: [String],
        using random: inout SeededGenerator
    ) -> [String: String] {
        var tags = ["kuma.io/service": (services + values).randomElement(using: &random) ?? ""]
        for name in ["version", "team", "zone"] where Bool.random(using: &random) {
            tags[name] = (["x", "y"] + values).randomElement(using: &random)
        }
        return tags
    }

    private static func randomMesh(
        using random: inout SeededGenerator
    ) -> (routes: [TrafficRoute], proxies: [[Tags]]) {
        func some<Element>(_ range: ClosedRange<Int>, _ make: (inout SeededGenerator) -> Element) -> [Element] {
            (0..<Int.random(in: range, using: &random)).map { _ in make(&random) }
        }
        var names = (0..<12).map { "r\($0)" }.shuffled(using: &random)
        let routes = some(0...12) { random in
            TrafficRoute.make(
                names.removeLast(),
                from: (0..<Int.random(in: 1...3, using: &random)).map { _ in randomTags(["*"], using: &random) },
                to: (0..<Int.random(in: 1...3, using: &random)).map { _ in
                    (services + ["*", "*"]).randomElement(using: &random) ?? ""
                },
                createdAt: Bool.random(using: &random) ? .random(in: 0...3, using: &random) : nil
            )
        }
        let proxies = some(1...4) { random in
            (0..<Int.random(in: 0...3, using: &random)).map { _ in Tags(randomTags([], using: &random)) }
        }
        return (routes, proxies)
    }

    @Test(arguments: 0..<40)
    func `The index agrees with the written rule on random meshes`(_ block: Int) {
        for seed in 0..<12 {
            var random = SeededGenerator(seed: UInt64(block * 1_000 + seed))
            let (routes, proxies) = Self.randomMesh(using: &random)
            let table = RouteTable(mesh: "default", routes: routes)
            var views = RouteViews(table: table, services: Set(Self.services))
            for tagSets in proxies {
                let view = table.view(for: tagSets, services: Set(Self.services))
                #expect(views.view(for: tagSets) == view)
                #expect(views[views.number(for: tagSets)] == view)
                for service in Self.services {
                    let expected = Self.naive(routes, tagSets, service)
                    #expect(view.decided[service]?.origin == expected, "\(block) \(seed) \(service)")
                    #expect(table.decision(for: tagSets, service: service).winner?.name == expected)
                }
            }
        }
    }

    /// Counts work, not time: views are made for kinds of proxies, not for proxies.
    @Test func `A large mesh has as many views as it has kinds of callers`() {
        let services = (0..<300).map { "service-\($0)" }
        let routes = (0..<300).map { index in
            TrafficRoute.make(
                "route-\(index)",
                from: [["kuma.io/service": index.isMultiple(of: 10) ? services[index] : "*"]],
                to: [services[(index + 1) % 300]],
                conf: .versions(["v1": 9, "v2": 1])
            )
        }
        var views = RouteViews(table: RouteTable(mesh: "default", routes: routes), services: Set(services))
        for proxy in 0..<1_200 {
            _ = views.view(for: [["kuma.io/service": services[proxy % 300], "pod": "\(proxy)"]])
        }
        #expect(views.count == 31)
    }
}
