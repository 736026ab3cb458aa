import JSON

/// What a doctor found, to be read.
package struct DoctorReport: Sendable {
    private let findings: [Doctor.Finding]

    package init(_ findings: [Doctor.Finding]) { self.findings = findings }

    package var hasProblems: Bool { findings.contains { $0.severity == .problem } }

    /// For people: a line for each finding, and what to do below them, each command once.
    package func text(isColored: Bool) -> String {
        let width = findings.map(\.subject.count).max() ?? 0
        var text = ""
        for finding in findings {
            let (mark, color) =
                switch finding.severity {
                case .ok: ("ok      ", "32")
                case .warning: ("warning ", "33")
                case .problem: ("PROBLEM ", "31")
                }
            let padding = String(repeating: " ", count: width - finding.subject.count)
            text += isColored ? "\u{1B}[\(color)m\(mark)\u{1B}[0m" : mark
            text += " \(finding.subject)\(padding)  \(Self.line(finding.message))\n"
        }
        var told = Set<String>()
        let remedies = findings.map(\.remedy).filter { !$0.isEmpty && told.insert($0).inserted }
        let problems = findings.count { $0.severity == .problem }
        text +=
            problems == 0
            ? "everything the operator needs is there\n"
            : "\(problems) \(problems == 1 ? "problem" : "problems")\n"
        if !remedies.isEmpty { text += "what to do:\n" + remedies.map { "  \($0)\n" }.joined() }
        return text
    }

    /// For programs.
    package var document: JSONValue {
        [
            "healthy": .bool(!hasProblems),
            "findings": .array(
                findings.map { finding in
                    .compact([
                        "severity": .string(finding.severity.rawValue), "subject": .string(finding.subject),
                        "message": .string(finding.message),
                        "remedy": finding.remedy.isEmpty ? nil : .string(finding.remedy),
                    ])
                }
            ),
        ]
    }

    /// Messages come from the cluster: one line each, and nothing that moves a cursor.
    private static func line(_ message: String) -> String {
        var line = ""
        for scalar in message.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: line += " "
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }
}
