import Dataplanes
import KubeModel

/// How many proxies of one workload, as callers know it, something is about.
package struct CallerCount: Hashable, Sendable {
    /// ``Dataplanes/Dataplane/callerName``.
    package var name: String
    package var proxies: Int
}

/// Proxies, gathered by their workload.
struct Callers {
    private var counts: [String: Int] = [:]

    mutating func add(_ name: String, count: Int = 1) { counts[name, default: 0] += count }

    /// By name.
    var list: [CallerCount] { counts.map(CallerCount.init).sorted { $0.name < $1.name } }
}

extension Dataplane {
    /// What a proxy is known by as a source of traffic: the services that it offers.
    package var callerName: String {
        let names = Set(sourceTags.map { $0[TagName.service] ?? $0[TagName.gatewayName] ?? "" }).subtracting([""])
        return names.isEmpty ? key.description : names.sorted().joined(separator: ",")
    }
}

extension [CallerCount] {
    var proxies: Int { reduce(0) { $0 + $1.proxies } }

    /// `2 proxies of a, 1 of b and 3 of others`.
    var text: String {
        let shown = prefix(4).enumerated().map { index, caller in
            index == 0
                ? "\(caller.proxies) \(caller.proxies == 1 ? "proxy" : "proxies") of \(caller.name)"
                : "\(caller.proxies) of \(caller.name)"
        }
        let rest = dropFirst(4).reduce(0) { $0 + $1.proxies }
        return (rest == 0 ? shown : shown + ["\(rest) of others"]).joined(separator: ", ")
    }
}
