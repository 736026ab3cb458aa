/// A proxy and the incarnation of its pod: pods of a StatefulSet come again under the name of their predecessors.
package struct ProxyIdentity: Hashable, Sendable {
    package var proxy: ProxyID
    /// The pod's uid; `nil` where incarnations are not told apart, as in tests and benchmarks.
    package var incarnation: String?

    package init(_ proxy: ProxyID, incarnation: String? = nil) {
        self.proxy = proxy
        self.incarnation = incarnation
    }
}
