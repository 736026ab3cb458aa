/// Which source selectors match a proxy. All that selection needs to know of a proxy: proxies with equal candidates have equal views.
package struct RouteCandidates: Hashable, Sendable {
    /// Numbers of the table's distinct source selectors, in order.
    let selectors: [Int]

    package var isEmpty: Bool { selectors.isEmpty }
}
