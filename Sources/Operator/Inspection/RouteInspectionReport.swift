import Dataplanes
import EnvoyConfig
import JSON
import KubeModel
import TrafficPolicy

/// For callers and the services they may call: which TrafficRoute decides, why, and where the traffic goes.
package struct RouteInspectionReport: Sendable {
    /// One decision, for all callers for whom it is the same.
    package struct Entry: Sendable {
        package var mesh: String
        package var callers: [CallerCount]
        package var decision: RouteDecision
        package var outbound: OutboundChange.Side
    }

    /// By mesh, callers and service.
    package private(set) var entries: [Entry] = []
    /// What is unwise in TrafficRoutes.
    package let warnings: [String]

    /// - Parameters:
    ///   - source: a `kuma.io/service` that callers offer; `nil` for all callers.
    ///   - destination: a `kuma.io/service`; `nil` for all.
    /// - Throws: `EnvoyConfigError`, which no input is known to cause.
    package init(
        _ objects: MeshObjects,
        options: InspectionOptions,
        source: String? = nil,
        destination: String? = nil
    ) throws {
        let world = try objects.world(options.dataplanes)
        warnings = world.lints.map { "TrafficRoute \($0.route): \($0.finding)" }
        for (mesh, programmed) in world.programmed.sorted(by: { $0.key < $1.key }) {
            let services = world.index.services(mesh: mesh)
            let callers = programmed.dataplanes.values.filter { dataplane in
                options.includes(dataplane)
                    && (source == nil || dataplane.sourceTags.contains { $0.service == source })
            }
            let kinds = Dictionary(grouping: callers) { programmed.table.candidates(for: $0.sourceTags) }
            for dataplanes in kinds.values {
                var counts = Callers()
                for dataplane in dataplanes { counts.add(dataplane.callerName) }
                for (name, service) in services where destination == nil || name == destination {
                    let view = programmed.viewOf[dataplanes[0].key] ?? RouteView()
                    entries.append(
                        Entry(
                            mesh: mesh,
                            callers: counts.list,
                            decision: programmed.table.decision(for: dataplanes[0].sourceTags, service: name),
                            outbound: OutboundChange.Side(view.route(to: name), to: service, among: services)
                        )
                    )
                }
            }
        }
        entries.sort { $0.order < $1.order }
    }

    /// A line for each decision, and an explanation of those that several TrafficRoutes wanted to make.
    package var text: String {
        var table = TextTable(["MESH", "SOURCE", "DESTINATION", "PROTOCOL", "TRAFFICROUTE", "RULE", "SHARES"])
        for entry in entries {
            table.add([
                entry.mesh, entry.callers.names, entry.decision.service, entry.outbound.trafficProtocol.rawValue,
                entry.decision.winner?.name ?? "-", entry.rule,
                ShareText.line(entry.outbound.shares, calling: entry.decision.service),
            ])
            for rule in entry.outbound.rules {
                table.add(["", "", "", "", "", "", "\(rule.match): \(ShareText.line(rule.shares, calling: ""))"])
            }
        }
        let contested = entries.filter { !$0.decision.losers.isEmpty }.map { entry in
            "\nfrom \(entry.callers.names) to \(entry.decision)\n"
        }
        return table.text() + contested.joined()
    }

    package var document: JSONValue {
        ["kind": "RouteList", "items": .array(entries.map(\.json)), "warnings": .strings(warnings)]
    }
}

extension RouteInspectionReport.Entry {
    fileprivate var order: String { "\(mesh) \(callers.map(\.name).joined(separator: ",")) \(decision.service)" }

    /// What set the winner apart from the one that would have been next.
    fileprivate var rule: String {
        guard decision.winner != nil else { return "none matches" }
        guard let next = decision.losers.first else { return "alone" }
        let other = next.candidate.name
        return switch next.rule {
        case .moreTags: "more tags than \(other)"
        case .moreExactTags: "more exact tags than \(other)"
        case .newer: "newer than \(other)"
        case .firstByName: "by name before \(other)"
        }
    }

    fileprivate var json: JSONValue {
        var route = ShareText.json(outbound.shares)
        route["protocol"] = .string(outbound.trafficProtocol.rawValue)
        if !outbound.rules.isEmpty {
            route["rules"] = .array(
                outbound.rules.map { rule in
                    var value = ShareText.json(rule.shares)
                    value["match"] = .string(rule.match)
                    return value
                }
            )
        }
        return .compact([
            "mesh": .string(mesh), "destination": .string(decision.service), "route": route,
            "sources": .array(callers.map { ["service": .string($0.name), "proxies": .int(Int64($0.proxies))] }),
            "winner": decision.winner?.json,
            "losers": .array(
                decision.losers.map { loser in
                    var value = loser.candidate.json
                    value["rule"] = .string(loser.rule.rawValue)
                    value["reason"] = .string(loser.rule.explanation)
                    return value
                }
            ),
        ])
    }
}

extension RouteDecision.Candidate {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "source": source.json, "destination": destination.json,
            "tags": .int(Int64(rank.total)), "exactTags": .int(Int64(rank.exact)),
        ]
    }
}

extension [CallerCount] {
    /// `a (2), b (1) and 3 more`.
    fileprivate var names: String {
        let shown = prefix(3).map { "\($0.name) (\($0.proxies))" }.joined(separator: ", ")
        return count > 3 ? "\(shown) and \(count - 3) more" : shown
    }
}
