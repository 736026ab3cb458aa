import JSON
import KubeModel
import Operator
import TestSupport

/// A small cluster at random, with a caller that a real Envoy stands in for, and a change of one TrafficRoute.
struct RandomShop {
    /// The pod that Envoy stands in for.
    static let caller = ObjectKey(namespace: "shop", name: "caller")

    private(set) var scene = MeshScene()
    /// The TrafficRoute as it would be; `nil` for a deletion.
    private(set) var manifest: JSONValue?
    /// The TrafficRoute that is created, changed or deleted.
    let routeName = "changed"
    private var random: SeededGenerator
    private var services: [String] = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        addMesh()
        scene.add(namespace: "shop")
        for number in 1...Int.random(in: 2...5, using: &random) { addService(number) }
        scene.add(
            pod: Self.caller.name,
            labels: ["app": pick(["web-1", "web-2", "alone"]), "version": pick(["v1", "v2"])],
            address: "10.2.99.1",
            isReady: !oneIn(4)
        )
        for number in 0..<Int.random(in: 0...3, using: &random) { store(route("stored-\(number)")) }
        let isThere = oneIn(2)
        if isThere { store(route(routeName)) }
        manifest = isThere && oneIn(3) ? nil : route(routeName)
    }

    private mutating func pick<Element>(_ list: [Element]) -> Element {
        list[Int.random(in: list.indices, using: &random)]
    }

    private mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

    private mutating func addMesh() {
        scene.add([
            "apiVersion": "kuma.io/v1alpha1", "kind": "Mesh", "metadata": ["name": "default"],
            "spec": ["networking": ["outbound": ["passthrough": .bool(!oneIn(3))]]],
        ])
    }

    private mutating func addService(_ number: Int) {
        let name = "web-\(number)"
        services.append("\(name)_shop_svc_80")
        let isHeadless = oneIn(6)
        let addresses: [JSONValue] = [isHeadless ? "None" : .string("10.1.0.\(number)")]
        scene.add([
            "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name), "namespace": "shop"],
            "spec": [
                "clusterIP": addresses[0], "clusterIPs": .array(addresses), "selector": ["app": .string(name)],
                "ports": [
                    ["port": 80, "targetPort": 8080, "appProtocol": pick(["http", "http", "grpc", "http2", "tcp"])]
                ],
            ],
        ])
        for pod in 0..<Int.random(in: 0...3, using: &random) {
            scene.add(
                pod: "\(name)-\(pod)",
                labels: ["app": name, "version": pick(["v1", "v2", "v3"])],
                address: "10.2.\(number).\(pod + 1)",
                isReady: !oneIn(5)
            )
        }
    }

    private mutating func store(_ route: JSONValue) {
        var route = route
        route[path: "metadata", "creationTimestamp"] = .string(
            "2025-01-01T00:00:0\(Int.random(in: 0...9, using: &random))Z"
        )
        scene.add(route)
    }

    // MARK: - TrafficRoutes

    private mutating func route(_ name: String) -> JSONValue {
        var conf: JSONValue = [:]
        split(into: &conf)
        if oneIn(2) { conf["loadBalancer"] = loadBalancer() }
        if oneIn(2) {
            conf["http"] = .array((0..<Int.random(in: 1...2, using: &random)).map { _ in rule() })
        }
        var source: [String: String] = ["kuma.io/service": pick(["*", "*", services[0]])]
        if oneIn(4) { source["version"] = pick(["v1", "v2", "*"]) }
        return [
            "apiVersion": "kuma.io/v1alpha1", "kind": "TrafficRoute", "mesh": "default",
            "metadata": ["name": .string(name)],
            "spec": [
                "sources": [["match": .strings(source)]],
                "destinations": [["match": ["kuma.io/service": .string(pick(Array(services.prefix(2)) + ["*"]))]]],
                "conf": conf,
            ],
        ]
    }

    private mutating func destination() -> JSONValue {
        var tags = ["kuma.io/service": oneIn(3) ? pick(services) : "*"]
        if oneIn(2) { tags["version"] = pick(["v1", "v2", "v3"]) }
        return .strings(tags)
    }

    private mutating func split(into conf: inout JSONValue) {
        if oneIn(3) {
            conf["destination"] = destination()
        } else {
            conf["split"] = .array(
                (0..<Int.random(in: 1...3, using: &random)).map { _ in
                    ["weight": .int(.random(in: 1...100, using: &random)), "destination": destination()]
                }
            )
        }
    }

    private mutating func loadBalancer() -> JSONValue {
        pick([
            ["roundRobin": [:]], ["random": [:]], ["maglev": [:]], ["leastRequest": ["choiceCount": 3]],
            ["ringHash": ["hashFunction": "XX_HASH", "minRingSize": 64, "maxRingSize": 1024]],
        ])
    }

    private mutating func rule() -> JSONValue {
        var match: JSONValue = ["path": pick([["prefix": "/api"], ["exact": "/a"], ["regex": "/a/[0-9]+"]])]
        if oneIn(2) { match["method"] = pick([["exact": "GET"], ["regex": "GET|PUT"]]) }
        if oneIn(2) { match["headers"] = ["x-user": pick([["exact": "me"], ["prefix": "m"]])] }
        var rule: JSONValue = ["match": match]
        split(into: &rule)
        if oneIn(2) {
            rule["modify"] = [
                "requestHeaders": [
                    "add": [["name": "x-a", "value": "1", "append": .bool(oneIn(2))]], "remove": [["name": "x-b"]],
                ],
                "host": ["value": "example.org"],
            ]
        }
        return rule
    }
}
