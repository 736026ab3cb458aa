/// One line of the table.
struct Figure: Sendable {
    enum Unit: Sendable {
        case seconds
        case mebibytes
        case bytes
        case count

        fileprivate func text(_ value: Double) -> String {
            switch self {
            case .seconds: "\(value.fixed(value < 0.1 ? 3 : 2)) s"
            case .mebibytes: "\(value.fixed(value < 100 ? 1 : 0)) MiB"
            case .bytes: "\(value.fixed(0)) B"
            case .count: value.fixed(0)
            }
        }
    }

    var what: String
    var value: Double
    var unit: Unit
    /// `nil` when the peer was not measured at this.
    var peer: Double?

    init(_ what: String, _ value: Double, _ unit: Unit, peer: Double? = nil) {
        self.what = what
        self.value = value
        self.unit = unit
        self.peer = peer
    }

    /// A row of a Markdown table: what, ours, theirs, ratio.
    var row: String {
        let theirs = peer.map(unit.text) ?? "–"
        let ratio = peer.map { $0 > 0 ? (value / $0).fixed(2) : "–" } ?? "–"
        return "| \(what) | \(unit.text(value)) | \(theirs) | \(ratio) |"
    }
}
