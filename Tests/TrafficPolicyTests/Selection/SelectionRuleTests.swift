import Dataplanes
import KubeModel
import SwiftletAPI
import Testing

@testable import TrafficPolicy

/// The rules of selection, row by row: who decides about the traffic of a proxy to ``web``.
struct SelectionRuleTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var rule: String
        var routes: [TrafficRoute]
        var proxy: [Tags] = [["kuma.io/service": api, "version": "v1", "team": "a"]]
        /// `nil` for the implicit route to all.
        var winner: String?
        /// Why it takes precedence over the next one.
        var by: RouteDecision.Rule?

        var testDescription: String { rule }
    }

    private static let any = ["kuma.io/service": "*"]
    private static let caller = ["kuma.io/service": api]
    private static let anyVersion = ["kuma.io/service": "*", "version": "*"]
    private static let versionOne = ["kuma.io/service": "*", "version": "v1"]
    private static let callerVersion = ["kuma.io/service": api, "version": "v1"]

    private static let matching: [Row] = [
        Row(rule: "No TrafficRoute at all", routes: [], winner: nil),
        Row(rule: "One for everything", routes: [.make("a")], winner: "a"),
        Row(rule: "One for the caller", routes: [.make("a", from: [caller])], winner: "a"),
        Row(rule: "One for another caller", routes: [.make("a", from: [["kuma.io/service": db]])], winner: nil),
        Row(rule: "One for the service", routes: [.make("a", to: [web])], winner: "a"),
        Row(rule: "One for another service", routes: [.make("a", to: [db])], winner: nil),
        Row(rule: "Any of the sources", routes: [.make("a", from: [["kuma.io/service": db], caller])], winner: "a"),
        Row(rule: "Any of the destinations", routes: [.make("a", to: [db, web])], winner: "a"),
        Row(
            rule: "All tags of a selector must be there",
            routes: [.make("a", from: [["kuma.io/service": api, "version": "v2"]])]
        ),
        Row(rule: "A wildcard needs the tag", routes: [.make("a", from: [["kuma.io/service": "*", "zone": "*"]])]),
        Row(rule: "A wildcard takes any value", routes: [.make("a", from: [anyVersion])], winner: "a"),
        Row(
            rule: "A wildcard takes an empty value",
            routes: [.make("a", from: [anyVersion])],
            proxy: [["kuma.io/service": api, "version": ""]],
            winner: "a"
        ),
        Row(rule: "Other tags of the proxy do not matter", routes: [.make("a", from: [callerVersion])], winner: "a"),
        Row(rule: "Values are not compared by prefix", routes: [.make("a", from: [["kuma.io/service": "api"]])]),
        Row(
            rule: "Values are compared with case",
            routes: [.make("a", from: [["kuma.io/service": api, "version": "V1"]])]
        ),
        Row(rule: "Another mesh's does not count", routes: [.make("a", mesh: "other")], winner: nil),
        Row(rule: "An invalid one does not count", routes: [.make("a", conf: TrafficRouteConf())], winner: nil),
        Row(
            rule: "An invalid one does not hide a valid one",
            routes: [.make("a", from: [caller], to: [web], conf: .versions(["v1": 0])), .make("b")],
            winner: "b"
        ),
        Row(rule: "A selector without the service is invalid", routes: [.make("a", from: [["version": "v1"]])]),
        Row(rule: "An empty selector is invalid", routes: [.make("a", from: [[:]])]),
        Row(rule: "A proxy without inbounds matches nothing", routes: [.make("a")], proxy: [], winner: nil),
    ]

    private static let inbounds: [Row] = [
        Row(
            rule: "The second inbound matches",
            routes: [.make("a", from: [caller])],
            proxy: [["kuma.io/service": db], ["kuma.io/service": api]],
            winner: "a"
        ),
        Row(
            rule: "Tags of two inbounds are not put together",
            routes: [.make("a", from: [callerVersion])],
            proxy: [["kuma.io/service": api], ["kuma.io/service": db, "version": "v1"]]
        ),
        Row(
            rule: "The best of all inbounds counts",
            routes: [.make("a", from: [callerVersion]), .make("b", from: [caller], createdAt: 9)],
            proxy: [["kuma.io/service": api], ["kuma.io/service": api, "version": "v1"]],
            winner: "a",
            by: .moreTags
        ),
        Row(
            rule: "A gateway's tags match",
            routes: [.make("a", from: [["kuma.io/service": "edge"]])],
            proxy: Dataplane.make([], gateway: ["kuma.io/service": "edge"]).sourceTags,
            winner: "a"
        ),
        Row(
            rule: "An inbound that is not ready matches",
            routes: [.make("a", from: [caller])],
            proxy: Dataplane.make([caller], state: .notReady).sourceTags,
            winner: "a"
        ),
        Row(
            rule: "A gateway's tags match beside inbounds",
            routes: [.make("a", from: [["kuma.io/service": "edge"]])],
            proxy: Dataplane.make([caller], gateway: ["kuma.io/service": "edge"]).sourceTags,
            winner: "a"
        ),
    ]

    private static let ranks: [Row] = [
        Row(
            rule: "An exact source outranks any",
            routes: [.make("a", createdAt: 9), .make("b", from: [caller])],
            winner: "b",
            by: .moreExactTags
        ),
        Row(
            rule: "An exact destination outranks any",
            routes: [.make("a", createdAt: 9), .make("b", to: [web])],
            winner: "b",
            by: .moreExactTags
        ),
        Row(
            rule: "Two tags of any value outrank one exact tag",
            routes: [.make("a", from: [caller], createdAt: 9), .make("b", from: [anyVersion])],
            winner: "b",
            by: .moreTags
        ),
        Row(
            rule: "Two tags of any value outrank exact source and destination of one each",
            routes: [.make("a", from: [caller], to: [web], createdAt: 9), .make("b", from: [anyVersion])],
            winner: "b",
            by: .moreTags
        ),
        Row(
            rule: "Of as many tags the more exact ones count",
            routes: [.make("a", from: [anyVersion], createdAt: 9), .make("b", from: [versionOne])],
            winner: "b",
            by: .moreExactTags
        ),
        Row(
            rule: "Two exact tags outrank one",
            routes: [.make("a", from: [versionOne], createdAt: 9), .make("b", from: [callerVersion])],
            winner: "b",
            by: .moreExactTags
        ),
        Row(
            rule: "Three tags outrank two",
            routes: [
                .make("a", from: [callerVersion], createdAt: 9),
                .make("b", from: [["kuma.io/service": "*", "version": "*", "team": "*"]]),
            ],
            winner: "b",
            by: .moreTags
        ),
        Row(
            rule: "Source and destination add up: 1 and 1 equal 1 and 1",
            routes: [.make("a", from: [caller], createdAt: 1), .make("b", to: [web], createdAt: 2)],
            winner: "b",
            by: .newer
        ),
        Row(
            rule: "Source and destination add up: 2 exact tags to any outrank 1 to one",
            routes: [.make("a", from: [any], to: [web], createdAt: 9), .make("b", from: [callerVersion])],
            winner: "b",
            by: .moreTags
        ),
        Row(
            rule: "An exact destination and two exact tags are the most",
            routes: [.make("a", from: [callerVersion], createdAt: 9), .make("b", from: [callerVersion], to: [web])],
            winner: "b",
            by: .moreExactTags
        ),
        Row(
            rule: "The best of several sources counts",
            routes: [.make("a", from: [versionOne], createdAt: 9), .make("b", from: [any, callerVersion])],
            winner: "b",
            by: .moreExactTags
        ),
        Row(
            rule: "A better source that does not match does not count",
            routes: [
                .make("a", from: [caller]),
                .make("b", from: [any, ["kuma.io/service": db, "version": "v1"]], createdAt: 9),
            ],
            winner: "a",
            by: .moreExactTags
        ),
        Row(
            rule: "The best of several destinations counts",
            routes: [.make("a", createdAt: 9), .make("b", to: ["*", web])],
            winner: "b",
            by: .moreExactTags
        ),
        Row(
            rule: "A better destination that does not match does not count",
            routes: [.make("a", to: [db, "*"], createdAt: 1), .make("b", createdAt: 2)],
            winner: "b",
            by: .newer
        ),
    ]

    private static let ties: [Row] = [
        Row(
            rule: "The later created wins",
            routes: [.make("a", createdAt: 1), .make("b", createdAt: 2)],
            winner: "b",
            by: .newer
        ),
        Row(
            rule: "The later created wins, whatever the order",
            routes: [.make("b", createdAt: 2), .make("a", createdAt: 1)],
            winner: "b",
            by: .newer
        ),
        Row(
            rule: "The later created wins, whatever the names",
            routes: [.make("z", createdAt: 1), .make("a", createdAt: 2)],
            winner: "a",
            by: .newer
        ),
        Row(
            rule: "Of the same time, the first by name wins",
            routes: [.make("b", createdAt: 1), .make("a", createdAt: 1)],
            winner: "a",
            by: .firstByName
        ),
        Row(
            rule: "Names are compared by their bytes",
            routes: [
                .make("a-b", createdAt: 1), .make("a.b", createdAt: 1), .make("a10", createdAt: 1),
                .make("a2", createdAt: 1),
            ],
            winner: "a-b",
            by: .firstByName
        ),
        Row(
            rule: "Time counts among the best only",
            routes: [
                .make("a", from: [caller], createdAt: 1), .make("b", from: [caller], createdAt: 2),
                .make("c", createdAt: 9),
            ],
            winner: "b",
            by: .newer
        ),
        Row(
            rule: "What is not created yet is the latest",
            routes: [.make("a", createdAt: 9), .make("b", createdAt: nil)],
            winner: "b",
            by: .newer
        ),
        Row(
            rule: "Two that are not created yet go by name",
            routes: [.make("b", createdAt: nil), .make("a", createdAt: nil)],
            winner: "a",
            by: .firstByName
        ),
    ]

    private static var rows: [Row] { matching + inbounds + ranks + ties }

    @Test(arguments: rows)
    func `The table of rules`(_ row: Row) {
        let table = RouteTable(mesh: "default", routes: row.routes)
        let decision = table.decision(for: row.proxy, service: web)
        #expect(decision.winner?.name == row.winner)
        if let rule = row.by { #expect(decision.losers.first?.rule == rule) }
        // The fast way says the same.
        let view = table.view(for: row.proxy, services: [web, db])
        #expect(view.route(to: web).origin == row.winner)
    }

    @Test func `There are at least forty rules`() { #expect(Self.rows.count >= 40) }
}
