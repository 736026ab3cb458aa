/// The types of the text format that are used here.
package enum MetricKind: String, Sendable {
    case counter, gauge, histogram
}
