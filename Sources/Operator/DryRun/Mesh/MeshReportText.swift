import Dataplanes
import EnvoyAPI
import EnvoyConfig
import JSON
import KubeModel
import TrafficPolicy
import YAML

/// What changes in a mesh, as people and programs read it.
struct MeshReportText {
    private let report: MeshReport

    init(_ report: MeshReport) { self.report = report }

    private func count(_ verb: ResourceChange.Verb) -> Int { report.resources.count { $0.verb == verb } }

    /// `Envoy resources: 2 to add, 1 to change, 0 to remove, for 3 of 4 proxies`.
    var summary: String {
        """
        Envoy resources: \(count(.add)) to add, \(count(.change)) to change, \(count(.remove)) to remove, \
        for \(report.affectedProxies) of \(report.proxies) \(report.proxies == 1 ? "proxy" : "proxies")
        """
    }

    var counts: JSONValue {
        .object(
            Dictionary(uniqueKeysWithValues: ResourceChange.Verb.allCases.map { ($0.rawValue, .int(Int64(count($0)))) })
        )
    }

    // MARK: - For people

    /// Outbounds, resources and Envoy's verdict; a comment where it is no diff.
    var effects: String {
        report.outbounds.map(outbound).joined() + report.resources.map(resource).joined() + verdict
    }

    private func outbound(_ change: OutboundChange) -> String {
        let addresses = change.addresses.isEmpty ? "" : " (\(change.addresses.joined(separator: ", ")))"
        var table = TextTable(["VERSION", "BEFORE", "AFTER"])
        for (name, before, after) in rows(change) { table.add([name, before, after]) }
        let notes = [spoken(change), rules(change.before, "before"), rules(change.after, "after")].joined()
        return """
            # traffic to \(change.service)\(addresses) of mesh \(change.mesh): \(change.callers.text)
            \(table.text(indentation: "#   "))\(notes)
            """
    }

    /// Each version with its share before and after, then what fails, then who decides.
    private func rows(_ change: OutboundChange) -> [(String, String, String)] {
        var names: [String] = []
        var cells: [String: [String]] = [:]
        for (column, side) in [change.before, change.after].enumerated() {
            for version in side?.shares.versions ?? [] {
                let name = ShareText.name(version, calling: change.service)
                if cells[name] == nil {
                    names.append(name)
                    cells[name] = ["-", "-"]
                }
                cells[name]?[column] =
                    "\(ShareText.percent(version.fraction)), \(ShareText.endpoints(version.endpoints))"
            }
        }
        var rows = names.sorted().map { ($0, cells[$0]?[0] ?? "", cells[$0]?[1] ?? "") }
        func failing(_ side: OutboundChange.Side?) -> String {
            side.map { $0.shares.unserved > 0 ? ShareText.percent($0.shares.unserved) : "-" } ?? "-"
        }
        if change.before?.shares.unserved ?? 0 > 0 || change.after?.shares.unserved ?? 0 > 0 {
            rows.append(("fails: no endpoint", failing(change.before), failing(change.after)))
        }
        let balancers = [change.before, change.after].map { $0?.loadBalancer.summary ?? "-" }
        if balancers[0] != balancers[1] { rows.append(("load balancer", balancers[0], balancers[1])) }
        rows.append(("decided by", decider(change.before), decider(change.after)))
        return rows
    }

    private func decider(_ side: OutboundChange.Side?) -> String {
        guard let side else { return "not in the mesh" }
        return side.decidedBy ?? "no TrafficRoute"
    }

    /// Where requests are not told apart, and where that changes.
    private func spoken(_ change: OutboundChange) -> String {
        let sides = [change.before, change.after].compactMap { $0?.trafficProtocol }
        guard let last = sides.last else { return "" }
        let unit = last.isHTTP ? "requests" : "connections, as no HTTP is spoken"
        let turn = sides[0] == last ? "\(last.rawValue)" : "\(sides[0].rawValue) before, \(last.rawValue) after"
        return "#   protocol \(turn): shares are of \(unit)\n"
    }

    private func rules(_ side: OutboundChange.Side?, _ moment: String) -> String {
        (side?.rules ?? []).map { rule in
            "#   \(moment), \(rule.match): \(ShareText.line(rule.shares, calling: ""))\n"
        }.joined()
    }

    private func resource(_ change: ResourceChange) -> String {
        let name = "\(change.mesh)/\(change.id.type)/\(change.id.name)"
        let title = "# \(change.verb.rawValue) Envoy \(change.id) of mesh \(change.mesh): \(change.callers.text)\n"
        return title
            + UnifiedDiff.text(
                from: change.before.map(Self.text) ?? "",
                to: change.after.map(Self.text) ?? "",
                oldName: "before/\(name)",
                newName: "after/\(name)"
            )
    }

    private var verdict: String {
        switch report.verdict {
        case .notAsked(let reason):
            return report.resources.contains { $0.after != nil } ? "# Envoy was not asked: \(reason)\n" : ""
        case .asked(_, let answers, let omitted):
            let accepted = answers.count { $0.outcome == .accepted }
            let others = answers.compactMap { answer -> String? in
                switch answer.outcome {
                case .accepted: nil
                case .rejected(let words): comment("Envoy refuses what \(answer.proxy) would have: \(words)")
                case .failed(let reason): comment("Envoy could not be asked about \(answer.proxy): \(reason)")
                }
            }
            let more = omitted == 0 ? "" : "; \(omitted) more were not asked about"
            let all = accepted == answers.count ? "all" : "\(accepted) of"
            return "# Envoy was asked about \(answers.count) \(answers.count == 1 ? "proxy" : "proxies") that "
                + "\(answers.count == 1 ? "has" : "have") what is new and accepts \(all)"
                + "\(accepted == answers.count ? "" : " \(answers.count)")\(more)\n" + others.joined()
        }
    }

    private func comment(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: true).map { "# \($0)\n" }.joined()
    }

    /// A resource that cannot be shown is a mistake of ours, which must not hide the others.
    private static func text(_ resource: EncodedResource) -> String {
        do { return YAML.text(try resource.json()) } catch { return "\(error)\n" }
    }

    // MARK: - For programs

    /// All but the objects themselves.
    var json: JSONValue {
        [
            "outbounds": .array(report.outbounds.map(Self.json)),
            "resources": .array(report.resources.map(Self.json)),
            "proxies": ["affected": .int(Int64(report.affectedProxies)), "total": .int(Int64(report.proxies))],
            "warnings": .strings(report.warnings), "notes": .strings(report.notes), "envoy": verdictJSON,
        ]
    }

    private static func json(_ change: OutboundChange) -> JSONValue {
        .compact([
            "mesh": .string(change.mesh), "service": .string(change.service), "addresses": .strings(change.addresses),
            "callers": json(change.callers), "before": change.before.map(json), "after": change.after.map(json),
        ])
    }

    private static func json(_ side: OutboundChange.Side) -> JSONValue {
        var value = ShareText.json(side.shares)
        value["protocol"] = .string(side.trafficProtocol.rawValue)
        value["loadBalancer"] = .string(side.loadBalancer.summary)
        value["decidedBy"] = side.decidedBy.map { .string($0) }
        let rules = side.rules.map { rule -> JSONValue in
            var value = ShareText.json(rule.shares)
            value["match"] = .string(rule.match)
            return value
        }
        if !rules.isEmpty { value["rules"] = .array(rules) }
        return value
    }

    private static func json(_ callers: [CallerCount]) -> JSONValue {
        .array(callers.map { ["service": .string($0.name), "proxies": .int(Int64($0.proxies))] })
    }

    private static func json(_ change: ResourceChange) -> JSONValue {
        func value(_ resource: EncodedResource) -> JSONValue {
            do { return try resource.json() } catch { return .string("\(error)") }
        }
        return .compact([
            "action": .string(change.verb.rawValue), "mesh": .string(change.mesh), "type": .string("\(change.id.type)"),
            "name": .string(change.id.name), "callers": json(change.callers), "before": change.before.map(value),
            "after": change.after.map(value),
        ])
    }

    private var verdictJSON: JSONValue {
        switch report.verdict {
        case .notAsked(let reason): ["asked": false, "reason": .string(reason)]
        case .asked(let program, let answers, let omitted):
            [
                "asked": true, "program": .string(program), "omittedProxies": .int(Int64(omitted)),
                "answers": .array(answers.map(Self.json)),
            ]
        }
    }

    private static func json(_ answer: EnvoyVerdict.Answer) -> JSONValue {
        let (outcome, words): (String, String?) =
            switch answer.outcome {
            case .accepted: ("accepted", nil)
            case .rejected(let words): ("rejected", words)
            case .failed(let reason): ("failed", reason)
            }
        return .compact([
            "namespace": .string(answer.proxy.namespace), "pod": .string(answer.proxy.name),
            "mesh": .string(answer.mesh), "outcome": .string(outcome), "words": words.map { .string($0) },
        ])
    }
}
