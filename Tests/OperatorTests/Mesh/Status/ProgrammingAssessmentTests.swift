import JSON
import KubeModel
import SwiftletAPI
import Testing

@testable import Operator

struct ProgrammingAssessmentTests {
    private static let now = Timestamp(secondsSinceEpoch: 1_800_000_000)
    private static let earlier = Timestamp(secondsSinceEpoch: 1_700_000_000)

    private static func assessment(
        _ counts: ProxyCounts = ProxyCounts(acked: 2),
        _ change: (inout ProgrammingAssessment) -> Void = { _ in }
    ) -> ProgrammingAssessment {
        var assessment = ProgrammingAssessment(
            generation: 7,
            previous: nil,
            problems: [],
            obstacle: nil,
            delivery: ObjectDelivery(counts: counts),
            now: now
        )
        change(&assessment)
        return assessment
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var assessment: ProgrammingAssessment
        /// `Type=Status Reason`.
        var conditions: [String]
        /// Words of the last condition.
        var words: String
    }

    @Test(arguments: [
        Row(
            testDescription: "all have it",
            assessment: assessment(),
            conditions: ["Accepted=True Accepted", "Programmed=True Programmed"],
            words: "All 2 proxies have it."
        ),
        Row(
            testDescription: "one has it",
            assessment: assessment(ProxyCounts(acked: 1)),
            conditions: ["Accepted=True Accepted", "Programmed=True Programmed"],
            words: "All 1 proxy have it."
        ),
        Row(
            testDescription: "nobody is concerned",
            assessment: assessment(ProxyCounts()),
            conditions: ["Accepted=True Accepted", "Programmed=True NoProxies"],
            words: "No connected proxy is concerned."
        ),
        Row(
            testDescription: "some wait",
            assessment: assessment(ProxyCounts(acked: 2, pending: 1)),
            conditions: ["Accepted=True Accepted", "Programmed=False Pending"],
            words: "2 of 3 proxies have it."
        ),
        Row(
            testDescription: "some refuse, which outweighs that others wait",
            assessment: assessment(ProxyCounts(acked: 2, pending: 1, rejected: 1)) {
                $0.delivery.rejections = [.init(resource: "route outbound", message: "bad regex")]
            },
            conditions: ["Accepted=True Accepted", "Programmed=False Rejected"],
            words: "1 proxy of 4 refused it and keep what they had. route outbound: bad regex"
        ),
        Row(
            testDescription: "invalid, whatever proxies have",
            assessment: assessment {
                $0.problems = [FieldError(["spec", "conf"], "is missing"), FieldError(["mesh"], "is empty")]
            },
            conditions: ["Accepted=False Invalid", "Programmed=False Invalid"],
            words: "Not taken on"
        ),
        Row(
            testDescription: "in the way",
            assessment: assessment { $0.obstacle = ("MeshNotFound", "There is no Mesh.") },
            conditions: ["Accepted=False MeshNotFound", "Programmed=False MeshNotFound"],
            words: "Not taken on"
        ),
        Row(
            testDescription: "invalid goes before what is in the way",
            assessment: assessment {
                $0.obstacle = ("MeshNotFound", "There is no Mesh.")
                $0.problems = [FieldError(["mesh"], "is empty")]
            },
            conditions: ["Accepted=False Invalid", "Programmed=False Invalid"],
            words: "Not taken on"
        ),
        Row(
            testDescription: "without effect in part",
            assessment: assessment { $0.inactiveFields = ["spec.mtls", "spec.tracing"] },
            conditions: [
                "Accepted=True Accepted", "Programmed=True Programmed", "FieldsActive=False NotYetActive",
            ],
            words: "spec.mtls, spec.tracing"
        ),
    ])
    func theConditionsSayWhatIsTheCase(_ row: Row) {
        let status = row.assessment.status
        #expect(status.conditions.map { "\($0.type)=\($0.status.rawValue) \($0.reason)" } == row.conditions)
        #expect(status.conditions.last?.message.contains(row.words) == true, "\(status.conditions)")
        #expect(status.observedGeneration == 7)
        #expect(status.proxies == row.assessment.delivery.counts)
        #expect(status.conditions.allSatisfy { $0.observedGeneration == 7 && $0.lastTransitionTime == Self.now })
    }

    @Test func theFieldsAtFaultAreNamed() {
        let status = Self.assessment {
            $0.problems = [FieldError(["spec", "conf"], "is missing"), FieldError(["mesh"], "is empty")]
        }.status
        #expect(status.conditions[type: "Accepted"]?.message == "spec.conf: is missing; mesh: is empty")
    }

    @Test func aConditionRemembersWhenItsStatusChanged() {
        var before = Self.assessment(ProxyCounts(acked: 1, pending: 1)) { $0.now = Self.earlier }.status
        let pending = Self.assessment(ProxyCounts(pending: 2)) { $0.previous = before }.status
        #expect(pending.conditions[type: "Programmed"]?.lastTransitionTime == Self.earlier)
        let done = Self.assessment { $0.previous = before }.status
        #expect(done.conditions[type: "Accepted"]?.lastTransitionTime == Self.earlier)
        #expect(done.conditions[type: "Programmed"]?.lastTransitionTime == Self.now)
        // What is as it was is the same status: nothing is to be written.
        before = done
        let later = Timestamp(secondsSinceEpoch: 1_900_000_000)
        let same = Self.assessment {
            $0.previous = before
            $0.now = later
        }
        #expect(same.status == done)
    }

    @Test func longWordsOfManyProxiesAreCut() {
        let status = Self.assessment(ProxyCounts(rejected: 5)) {
            $0.delivery.rejections = (1...5).map {
                .init(resource: "route r\($0)", message: String(repeating: "é", count: 20_000))
            }
        }.status
        let message = status.conditions[type: "Programmed"]?.message ?? ""
        #expect(message.utf8.count <= ProgrammingAssessment.messageLimit)
        #expect(message.hasPrefix("5 proxies of 5 refused it"))
    }

    @Test func sidecarsThatAreNotConnectedAreNamedUpToABound() {
        #expect(Self.assessment(ProxyCounts()).status.conditions[type: "SidecarsConnected"] == nil)
        func message(_ count: Int) -> String {
            let findings = (0..<count).map { index in
                SidecarConnections.Finding(
                    pod: ObjectKey(namespace: "shop", name: "web-\(index)"),
                    reason: index == 0 ? "why" : nil
                )
            }
            let condition = Self.assessment(ProxyCounts()) { $0.unconnected = findings }.status
                .conditions[type: "SidecarsConnected"]
            #expect(condition?.status == .no)
            #expect(condition?.reason == "NotConnected")
            return condition?.message ?? ""
        }
        #expect(
            message(1)
                == "1 pod has a sidecar that is running but not connected, with an old configuration or none: shop/web-0 (why)."
        )
        #expect(message(2).hasSuffix(": shop/web-0 (why), shop/web-1."))
        #expect(message(12).hasPrefix("12 pods have sidecars that are running but not connected"))
        #expect(message(12).hasSuffix("shop/web-9, and 2 more."))
    }
}
