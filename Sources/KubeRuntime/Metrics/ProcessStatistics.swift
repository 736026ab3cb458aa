/// The fields of `/proc/<pid>/stat` that are used here; see proc(5).
struct ProcessStatistics {
    let userTicks: UInt64
    let systemTicks: UInt64
    /// Since the machine started.
    let startTicks: UInt64
    let virtualBytes: UInt64
    let residentPages: UInt64

    /// - Returns: `nil` when the text is not of that form.
    init?(_ text: String?) {
        // The second field is the command in parentheses, which may hold spaces and parentheses itself.
        guard let text, let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(whereSeparator: \.isWhitespace)
        /// By the numbers of proc(5), which count from one.
        func field(_ number: Int) -> UInt64? {
            let index = number - 3
            return fields.indices.contains(index) ? UInt64(fields[index]) : nil
        }
        guard let user = field(14), let system = field(15), let start = field(22), let virtual = field(23),
            let resident = field(24)
        else { return nil }
        userTicks = user
        systemTicks = system
        startTicks = start
        virtualBytes = virtual
        residentPages = resident
    }
}
