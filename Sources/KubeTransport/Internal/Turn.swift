/// What happened in one turn of the transport's thread: written by libcurl's callbacks, acted on after them, since a
/// callback must not call libcurl.
final class Turn {
    /// The time, read once per turn.
    var now: MonotonicInstant
    /// Bytes of bodies that were taken.
    var received = 0
    /// Streams with news for their reader.
    private var noted: [TransferID: Transfer] = [:]

    init() {
        now = .now()
    }

    func note(_ transfer: Transfer) {
        guard transfer.channel != nil else { return }
        noted[transfer.id] = transfer
    }

    /// Takes the streams with news, each once.
    func takeNoted() -> [TransferID: Transfer].Values {
        defer { noted = [:] }
        return noted.values
    }

    var hasNoted: Bool { !noted.isEmpty }
}
