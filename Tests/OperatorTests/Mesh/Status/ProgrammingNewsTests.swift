import KubeModel
import KubeRuntime
import SwiftletAPI
import Testing

@testable import Operator

struct ProgrammingNewsTests {
    private func status(
        _ generation: Int64,
        acked: Int = 0,
        pending: Int = 0,
        rejected: Int = 0,
        words: String = "no such cluster",
        obstacle: (reason: String, message: String)? = nil
    ) -> ProgrammingStatus {
        ProgrammingAssessment(
            generation: generation,
            previous: nil,
            problems: [],
            obstacle: obstacle,
            delivery: ObjectDelivery(
                counts: ProxyCounts(acked: acked, pending: pending, rejected: rejected),
                rejections: rejected > 0 ? [.init(resource: "route a", message: words)] : []
            ),
            now: Timestamp(secondsSinceEpoch: 0)
        ).status
    }

    private static let key = ProgrammedKey.route("canary")

    /// The reasons told as a status goes through these states; `nil` for silence.
    private func told(
        _ statuses: [ProgrammingStatus],
        from stored: ProgrammingStatus? = nil,
        by news: inout ProgrammingNews
    ) -> [String?] {
        var known = stored
        return statuses.map { status in
            defer { known = status }
            return news.item(for: Self.key, known: known, status: status)?.reason
        }
    }

    @Test func aNewGenerationIsToldOnceWhenAllHaveIt() {
        var news = ProgrammingNews()
        let states = [
            status(1, pending: 3), status(1, acked: 3), status(1, acked: 3, pending: 1), status(1, acked: 4),
            status(2, pending: 4), status(2, acked: 4),
        ]
        #expect(told(states, by: &news) == [nil, "Programmed", nil, nil, nil, "Programmed"])
    }

    @Test func withoutProxiesThereIsNothingToTell() {
        var news = ProgrammingNews()
        #expect(told([status(1), status(1, acked: 1)], by: &news) == [nil, "Programmed"])
    }

    @Test func aRejectionIsToldWhenItBeginsAndWhenItIsOver() {
        var news = ProgrammingNews()
        let states = [
            status(1, acked: 2, rejected: 1), status(1, acked: 1, rejected: 2),
            status(1, rejected: 3, words: "bad regex"), status(1, pending: 3), status(1, acked: 3),
        ]
        #expect(told(states, by: &news) == ["Rejected", nil, "Rejected", nil, "Programmed"])
    }

    @Test func whatIsNotAcceptedIsAWarningWithItsWords() {
        var news = ProgrammingNews()
        let item = news.item(
            for: Self.key,
            known: nil,
            status: status(1, obstacle: ("MeshNotFound", "There is no Mesh \"lab\"."))
        )
        #expect(item == .init(severity: .warning, reason: "MeshNotFound", note: "There is no Mesh \"lab\"."))
    }

    @Test func aRestartTellsNothingAgain() {
        var news = ProgrammingNews()
        let again = [status(1), status(1, acked: 1, pending: 2), status(1, acked: 3)]
        #expect(told(again, from: status(1, acked: 3), by: &news) == [nil, nil, nil])
        news = ProgrammingNews()
        let rejected = [status(1), status(1, acked: 2, rejected: 1)]
        #expect(told(rejected, from: status(1, acked: 2, rejected: 1), by: &news) == [nil, nil])
    }

    @Test func anObjectThatIsMadeAnewIsNew() {
        var news = ProgrammingNews()
        #expect(told([status(1, acked: 1)], by: &news) == ["Programmed"])
        news.forget(Self.key)
        #expect(told([status(1, acked: 1)], by: &news) == ["Programmed"])
    }
}
