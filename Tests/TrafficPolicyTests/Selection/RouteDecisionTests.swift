import Dataplanes
import SwiftletAPI
import Testing

@testable import TrafficPolicy

struct RouteDecisionTests {
    private static let caller: [Tags] = [["kuma.io/service": api, "version": "v1"]]

    @Test func `All that matched are told, in the order in which they would follow`() {
        let table = RouteTable(
            mesh: "default",
            routes: [
                .make("old", to: [web], createdAt: 1), .make("new", to: [web], createdAt: 2),
                .make("same", to: [web], createdAt: 2), .make("all", createdAt: 9),
                .make("wide", from: [["kuma.io/service": "*", "version": "*"]], createdAt: 0),
                .make("elsewhere", to: [db]),
            ]
        )
        let decision = table.decision(for: Self.caller, service: web)
        #expect(decision.winner?.name == "wide")
        #expect(decision.winner?.rank == SelectorRank(exact: 0, wildcard: 3))
        #expect(decision.losers.map(\.candidate.name) == ["new", "same", "old", "all"])
        #expect(decision.losers.map(\.rule) == [.moreTags, .moreTags, .moreTags, .moreTags])
        #expect(
            decision.description == """
                web_shop_svc_80: wide decides, with 3 tags, 0 exact: source kuma.io/service=*,version=*, destination kuma.io/service=*
                  not new, with 2 tags, 1 exact: source kuma.io/service=*, destination kuma.io/service=web_shop_svc_80: the winner selects by more tags
                  not same, with 2 tags, 1 exact: source kuma.io/service=*, destination kuma.io/service=web_shop_svc_80: the winner selects by more tags
                  not old, with 2 tags, 1 exact: source kuma.io/service=*, destination kuma.io/service=web_shop_svc_80: the winner selects by more tags
                  not all, with 2 tags, 0 exact: source kuma.io/service=*, destination kuma.io/service=*: the winner selects by more tags
                """
        )
    }

    @Test func `Each loser has its own reason`() {
        let table = RouteTable(
            mesh: "default",
            routes: [
                .make("a", to: [web], createdAt: 2), .make("b", to: [web], createdAt: 2),
                .make("c", to: [web], createdAt: 1), .make("d", createdAt: 9),
            ]
        )
        let decision = table.decision(for: Self.caller, service: web)
        #expect(decision.winner?.name == "a")
        #expect(decision.losers.map(\.rule) == [.firstByName, .newer, .moreExactTags])
    }

    @Test func `That nothing matches is said`() {
        let decision = RouteTable(mesh: "default", routes: []).decision(for: Self.caller, service: web)
        #expect(decision.winner == nil)
        #expect(decision.description == "web_shop_svc_80: no TrafficRoute matches, all of the service gets the traffic")
    }
}
