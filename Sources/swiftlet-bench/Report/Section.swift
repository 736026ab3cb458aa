/// The figures of one part, and how they were come by.
struct Section: Sendable {
    var title: String
    var method: String
    var figures: [Figure] = []
    /// What is worth telling and fits no table.
    var remarks: [String] = []
}
