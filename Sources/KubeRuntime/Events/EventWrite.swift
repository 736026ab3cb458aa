import JSON
import KubeModel

/// An `Event` of events.k8s.io/v1 to be created, or its series to be brought up to date.
package struct EventWrite: Hashable, Sendable {
    package var key: ObjectKey
    package var report: EventReport
    package var firstSeen: MicroTime
    package var lastSeen: MicroTime
    /// How often it has happened.
    package var count: Int

    /// Whether the event exists already.
    package var isUpdate: Bool { count > 1 }

    /// Whether the object that it is about is in no namespace.
    var isClusterScoped: Bool { report.subject.key.namespace.isEmpty }

    /// The whole object.
    package func object(reporter: EventReporter) -> JSONValue {
        let subject = report.subject
        return .compact([
            "apiVersion": "events.k8s.io/v1",
            "kind": "Event",
            "metadata": ["name": .string(key.name), "namespace": .string(key.namespace)],
            "eventTime": .string(firstSeen.description),
            "reportingController": .string(reporter.controller.prefix(bytes: 128)),
            "reportingInstance": .string(reporter.instance.prefix(bytes: 128)),
            "type": .string(report.severity.rawValue),
            "reason": .string(report.reason.prefix(bytes: 128)),
            "action": .string(report.action.prefix(bytes: 128)),
            "note": .string(report.note.prefix(bytes: 1024)),
            "regarding": .compact([
                "apiVersion": .string(subject.kind.apiVersion),
                "kind": .string(subject.kind.kind),
                "namespace": subject.key.namespace.isEmpty ? .none : .some(.string(subject.key.namespace)),
                "name": .string(subject.key.name),
                "uid": .string(subject.uid.description),
            ]),
            "series": isUpdate ? .some(series) : .none,
        ])
    }

    /// What brings an event that exists up to date.
    package var patch: Patch { .merge(["series": series]) }

    private var series: JSONValue {
        ["count": .int(Int64(count)), "lastObservedTime": .string(lastSeen.description)]
    }
}

extension String {
    /// As much of the beginning as fits, without cutting a character.
    package func prefix(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        while !isCharacterBoundary(end) { end = utf8.index(before: end) }
        return String(self[..<end])
    }

    private func isCharacterBoundary(_ index: Index) -> Bool {
        index.samePosition(in: unicodeScalars) != nil && index.samePosition(in: self) != nil
    }
}
