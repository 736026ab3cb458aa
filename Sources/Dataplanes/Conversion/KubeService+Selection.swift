import KubeModel

extension KubeService {
    /// Whether the pod has all labels of the selector. A Service without a selector selects nothing.
    ///
    /// - Parameter ignored: labels of the selector that the pod need not have. A selector of such labels alone selects every pod.
    package func selects(_ pod: Pod, ignoring ignored: Set<String> = []) -> Bool {
        guard !selector.isEmpty, pod.namespace == namespace else { return false }
        // A label is found by a scan, which is fast for as few as there mostly are, and not for as many as there may be.
        guard selector.count > 8, pod.labels.count > 64 else {
            return selector.entries.allSatisfy { name, value in ignored.contains(name) || pod.labels[name] == value }
        }
        let labels = pod.labels.dictionary
        return selector.entries.allSatisfy { name, value in ignored.contains(name) || labels[name] == value }
    }
}
