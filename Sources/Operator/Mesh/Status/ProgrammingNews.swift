import KubeModel
import KubeRuntime
import SwiftletAPI

/// Which changes of a status are worth an event, so that events tell of edits and of trouble, and not of pods that come and go.
///
/// - That all proxies have a new generation is told once for it.
/// - A rejection is told when it begins or when the words are others, and that it is over.
/// - What was told before a restart is known from the status that is stored, and not told again.
struct ProgrammingNews {
    struct Item: Hashable, Sendable {
        var severity: EventReport.Severity
        var reason: String
        var note: String
    }

    private struct Told {
        /// The last generation that was told as programmed, or that needs no telling.
        var generation: Int64
        /// The trouble that was told last: reason and words; empty when there is none.
        var trouble = ""
    }

    private var told: [ProgrammedKey: Told] = [:]

    /// - Parameters:
    ///   - known: the status that is stored.
    ///   - status: the one that was just written in its place.
    mutating func item(for key: ProgrammedKey, known: ProgrammingStatus?, status: ProgrammingStatus) -> Item? {
        guard let generation = status.observedGeneration, let accepted = status.conditions[type: "Accepted"],
            let programmed = status.conditions[type: "Programmed"]
        else { return nil }
        var before = told[key] ?? Told(generation: known?.observedGeneration ?? 0, trouble: Self.trouble(in: known))
        defer { told[key] = before }
        let trouble = Self.trouble(in: status)
        if !trouble.isEmpty {
            guard trouble != before.trouble else { return nil }
            before.trouble = trouble
            let finding = accepted.status == .no ? accepted : programmed
            return Item(severity: .warning, reason: finding.reason, note: finding.message)
        }
        guard programmed.reason == "Programmed" else { return nil }
        let wasTrouble = !before.trouble.isEmpty
        guard wasTrouble || before.generation < generation else { return nil }
        before = Told(generation: generation)
        return Item(severity: .normal, reason: programmed.reason, note: programmed.message)
    }

    /// An object that is gone.
    mutating func forget(_ key: ProgrammedKey) { told[key] = nil }

    private static func trouble(in status: ProgrammingStatus?) -> String {
        guard let status else { return "" }
        if let accepted = status.conditions[type: "Accepted"], accepted.status == .no {
            return "\(accepted.reason): \(accepted.message)"
        }
        guard let programmed = status.conditions[type: "Programmed"], programmed.reason == "Rejected" else { return "" }
        // How many refuse it moves with every proxy; what they say does not.
        let words = programmed.message.split(separator: " it and keep what they had.", maxSplits: 1).last ?? ""
        return "Rejected: \(words)"
    }
}
