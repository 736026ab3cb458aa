import KubeModel

extension KubeService {
    /// Whether the pod has all labels of the selector. A Service without a selector selects nothing.
    ///
    /// - Parameter ignored: labels of the selector that the pod need not have. A selector of such labels alone selects every pod.
    package func selects(_ pod: Pod, ignoring ignored: Set<String> = []) -> Bool {
        guard !selector.isEmpty, pod.namespace == namespace else { return false }
        return selector.entries.allSatisfy { name, value in ignored.contains(name) || pod.labels[name] == value }
    }
}
