/// What the best of the field needs for the same work: controller-runtime 0.25-dev and client-go 1.36 on a kube-apiserver 1.36.2 and two
/// cores, medians of three.
enum GoPeer {
    /// 10,000 pods of 7.4 KB of JSON, listed and watched, reduced to a small struct.
    enum Pods {
        static let count = 10_000
        static let cpu = 0.55
        static let peak = 69.0
        static let bytes = 2_100.0
        static let patchCPU = 2.3
        static let jsonCPU = 2.9
        static let jsonPeak = 96.0
        static let jsonPatchCPU = 4.9
        /// The same, kept whole.
        static let wholeCPU = 0.77
        static let wholePeak = 199.0
        static let wholeBytes = 133.0 * 1_048_576 / 10_000
    }

    /// 1,000 WebServers that become Deployment, Service, Ingress and PersistentVolumeClaim, with four workers.
    enum WebServers {
        static let count = 1_000
        static let created = 1.7
        static let converged = 10.1
        static let cpu = 3.3
        static let peak = 72.0
        static let p50 = 4.6
        static let p99 = 8.2
        static let restartSynced = 0.3
        static let restartReconciled = 0.46
        static let restartCPU = 0.33
        static let idleCPU = 0.010
        static let idleMemory = 52.0
    }
}

extension Double {
    /// This figure of the peer, if the work was as much as the peer's.
    func ifComparable(_ count: Int, to peer: Int) -> Double? { count == peer ? self : nil }
}
