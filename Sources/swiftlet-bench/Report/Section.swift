/// The figures of one part, and how they were come by.
struct Section: Sendable {
    var title: String
    var method: String
    var figures: [Figure] = []
    /// Whether figures stand beside words instead of those of the Go peer.
    var hasWords = false
    /// What is worth telling and fits no table.
    var remarks: [String] = []
}
