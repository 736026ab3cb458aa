/// One line of the table.
struct Figure: Sendable {
    enum Unit: Sendable {
        case seconds
        case mebibytes
        case bytes
        /// Of a value in seconds.
        case milliseconds
        /// Of a value in bytes.
        case kibibytes
        case perSecond
        case count

        fileprivate func text(_ value: Double) -> String {
            switch self {
            case .seconds: "\(value.fixed(value < 0.1 ? 3 : 2)) s"
            case .mebibytes: "\(value.fixed(value < 100 ? 1 : 0)) MiB"
            case .bytes: "\(value.fixed(0)) B"
            case .milliseconds: "\((value * 1000).fixed(value < 0.01 ? 2 : 1)) ms"
            case .kibibytes: "\((value / 1024).fixed(1)) KiB"
            case .perSecond: "\(value.fixed(0)) /s"
            case .count: value.fixed(0)
            }
        }
    }

    var what: String
    var value: Double
    var unit: Unit
    /// `nil` when the peer was not measured at this.
    var peer: Double?
    /// Instead of a peer's figure: what others do, or what was aimed at.
    var beside = ""

    init(_ what: String, _ value: Double, _ unit: Unit, peer: Double? = nil) {
        self.what = what
        self.value = value
        self.unit = unit
        self.peer = peer
    }

    init(_ what: String, _ value: Double, _ unit: Unit, beside: String) {
        self.init(what, value, unit)
        self.beside = beside
    }

    /// A row of a Markdown table: what, ours, what stands beside it.
    var rowWithWords: String { "| \(what) | \(unit.text(value)) | \(beside.isEmpty ? "–" : beside) |" }

    /// A row of a Markdown table: what, ours, theirs, ratio.
    var row: String {
        let theirs = peer.map(unit.text) ?? "–"
        let ratio = peer.map { $0 > 0 ? (value / $0).fixed(2) : "–" } ?? "–"
        return "| \(what) | \(unit.text(value)) | \(theirs) | \(ratio) |"
    }
}
