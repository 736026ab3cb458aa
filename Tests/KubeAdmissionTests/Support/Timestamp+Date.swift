import FoundationEssentials
import KubeModel

extension Timestamp {
    var foundationDate: Date { Date(timeIntervalSince1970: Double(secondsSinceEpoch)) }
}
