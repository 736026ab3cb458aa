import KubeModel

/// What a real Envoy says to what it would be given.
package enum EnvoyVerdict: Sendable {
    /// For people: why.
    case notAsked(String)
    /// - Parameter omitted: how many more proxies have something that was not shown to Envoy.
    case asked(program: String, answers: [Answer], omitted: Int)

    package struct Answer: Hashable, Sendable {
        package enum Outcome: Hashable, Sendable {
            case accepted
            /// In Envoy's words.
            case rejected(String)
            /// It did not come to a verdict.
            case failed(String)
        }

        /// The pod that stands for all proxies that have the same.
        package var proxy: ObjectKey
        package var mesh: String
        package var outcome: Outcome
    }
}
