import FoundationEssentials
import KubeModel
import KubeRuntime

extension MicroTime {
    /// The second that this moment lies in.
    package var timestamp: Timestamp {
        Timestamp(secondsSinceEpoch: Int64((Double(microsecondsSinceEpoch) / 1e6).rounded(.down)))
    }
}

extension Timestamp {
    /// - Parameter duration: fractions of a second are dropped.
    package func advanced(by duration: Duration) -> Timestamp {
        Timestamp(secondsSinceEpoch: secondsSinceEpoch + duration.components.seconds)
    }

    package func duration(to other: Timestamp) -> Duration {
        .seconds(other.secondsSinceEpoch - secondsSinceEpoch)
    }

    var date: Date { Date(timeIntervalSince1970: Double(secondsSinceEpoch)) }

    init(_ date: Date) { self.init(secondsSinceEpoch: Int64(date.timeIntervalSince1970.rounded(.down))) }
}
