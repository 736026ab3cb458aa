/// What happened in one turn of the transport's thread: written by libcurl's callbacks, acted on after them, since a
/// callback must not call libcurl.
final class Turn {
    /// The time, read once per turn.
    var now: MonotonicInstant
    /// Bytes of bodies that were taken.
    var received = 0
    /// Streams with news for their reader, each once.
    private var noted: [Transfer] = []

    init() {
        now = .now()
    }

    var hasNoted: Bool { !noted.isEmpty }

    /// Notes that `transfer` has news for its reader.
    func note(_ transfer: Transfer) {
        guard !transfer.isNoted else { return }
        transfer.isNoted = true
        noted.append(transfer)
    }

    /// Takes the streams with news.
    func takeNoted() -> [Transfer] {
        defer { noted.removeAll(keepingCapacity: true) }
        noted.forEach { $0.isNoted = false }
        return noted
    }
}
