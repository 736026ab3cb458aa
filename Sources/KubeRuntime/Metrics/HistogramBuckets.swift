/// The upper bounds of a histogram's buckets, in the unit that is printed. The bucket above all others goes without saying.
package struct HistogramBuckets: Hashable, Sendable {
    /// Finite and strictly ascending.
    package let bounds: [Double]
    /// The bounds as values of the label `le`.
    let labels: [String]

    /// Sorts the bounds, and leaves out those that are double or not finite.
    package init(_ bounds: [Double]) {
        let sorted = bounds.filter(\.isFinite).sorted()
        self.bounds = sorted.indices.filter { $0 == 0 || sorted[$0] != sorted[$0 - 1] }.map { sorted[$0] }
        labels = self.bounds.map(ExpositionWriter.text)
    }

    /// The index of the first bucket whose bound is not below the value; the number of bounds when there is none.
    func index(of value: Double) -> Int {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension HistogramBuckets {
    /// What Prometheus' own clients use when nothing is said.
    package static let standard = HistogramBuckets([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])

    /// Reconciles, as in controller-runtime: 5 ms to a minute.
    package static let reconcile = HistogramBuckets([
        0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5,
        1.75,
        2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
    ])

    /// Work queues, as in controller-runtime: powers of ten from 10 ns to 1,000 s.
    package static let workQueue = HistogramBuckets([
        1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000,
    ])

    /// Requests to the API server, as in client-go: 5 ms to a minute.
    package static let request = HistogramBuckets([0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60])

    /// Our own work, from a millisecond to a minute.
    package static let work = HistogramBuckets([
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ])
}
