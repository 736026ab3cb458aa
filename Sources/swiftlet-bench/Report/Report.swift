/// Everything that was measured, as text.
struct Report: Sendable {
    private let machine: Machine
    private var sections: [Section] = []

    init(machine: Machine) { self.machine = machine }

    mutating func add(_ section: Section) { sections.append(section) }
    mutating func add(_ more: [Section]) { sections += more }

    var markdown: String {
        var lines = ["## Measured on", ""] + machine.lines.map { "- \($0)" }
        lines += [
            """
            - Go peer: controller-runtime 0.25-dev, client-go 1.36, kube-apiserver 1.36.2, 2 cores, medians of 3. Its figures were \
            taken on another machine of that kind, with a newer API server: read the ratios as an indication.
            """, "",
        ]
        for section in sections {
            lines += ["## \(section.title)", "", section.method, ""]
            lines +=
                section.hasWords
                ? ["| | Swiftlet | beside |", "|---|--:|---|"] + section.figures.map(\.rowWithWords)
                : ["| | Swiftlet | Go peer | ratio |", "|---|--:|--:|--:|"] + section.figures.map(\.row)
            lines.append("")
            if !section.remarks.isEmpty { lines += section.remarks.map { "- \($0)" } + [""] }
        }
        return lines.joined(separator: "\n")
    }
}
