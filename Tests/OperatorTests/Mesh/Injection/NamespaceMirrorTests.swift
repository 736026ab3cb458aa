import JSON
import KubeModel
import Testing

@testable import Operator

struct NamespaceMirrorTests {
    private static let key = NamespaceMirror.key

    struct Row: Sendable, CustomTestStringConvertible {
        var annotation: String?
        var label: String?
        var isOurs = false
        /// `nil` for no write, `.some(nil)` for taking the label away.
        var wanted: String??

        var testDescription: String {
            "annotation \(annotation ?? "none"), label \(label ?? "none"), \(isOurs ? "ours" : "theirs")"
        }
    }

    @Test(arguments: [
        Row(annotation: nil, label: nil, wanted: nil),
        Row(annotation: "enabled", label: nil, wanted: "enabled"),
        Row(annotation: "true", label: nil, wanted: "enabled"),
        Row(annotation: "disabled", label: nil, wanted: "disabled"),
        Row(annotation: "perhaps", label: nil, wanted: nil),
        Row(annotation: "enabled", label: "enabled", isOurs: true, wanted: nil),
        Row(annotation: "no", label: "enabled", isOurs: true, wanted: "disabled"),
        Row(annotation: nil, label: "enabled", isOurs: true, wanted: .some(nil)),
        Row(annotation: "enabled", label: nil, isOurs: true, wanted: "enabled"),
        Row(annotation: "enabled", label: "disabled", wanted: nil),
        Row(annotation: nil, label: "enabled", wanted: nil),
    ])
    func theLabelFollowsTheAnnotation(_ row: Row) throws {
        let intent = NamespaceMirror.intent(for: try namespace(row))
        guard let wanted = row.wanted else {
            #expect(intent == nil)
            return
        }
        #expect(intent?[path: "metadata", "name"] == "shop")
        #expect(intent?[path: "metadata", "uid"] == "1", "so that none is made that has gone")
        #expect(intent?[path: "metadata", "labels", Self.key]?.stringValue == wanted)
        #expect((intent?[path: "metadata", "annotations", NamespaceMirror.mark] != nil) == (wanted != nil))
    }

    @Test func aNamespaceThatGoesIsLeftAlone() throws {
        #expect(
            NamespaceMirror.intent(for: try namespace(Row(annotation: "enabled", wanted: nil), phase: "Terminating"))
                == nil
        )
    }

    private func namespace(_ row: Row, phase: String = "Active") throws -> Namespace {
        let annotations = (row.annotation.map { [Self.key: JSONValue.string($0)] } ?? [:])
            .merging(row.isOurs ? [NamespaceMirror.mark: "true"] : [:]) { $1 }
        let object: JSONValue = [
            "metadata": [
                "name": "shop", "uid": "1", "annotations": .object(annotations),
                "labels": .object(row.label.map { [Self.key: .string($0)] } ?? [:]),
            ],
            "status": ["phase": .string(phase)],
        ]
        var reader = JSONReader(object.encoded())
        return try Namespace(json: &reader)
    }
}
