import Dataplanes
import Injection
import KubeModel

/// Whether somebody wants a pod to have a sidecar.
enum SidecarWish {
    /// The pod goes before its Namespace, a label before an annotation, as in injection.
    static func isForSidecar(_ pod: Pod, in namespace: Namespace?) -> Bool {
        // A mirror of a file on the node: no webhook sees the pod that is really made.
        guard pod.annotations["kubernetes.io/config.mirror"] == nil else { return false }
        let said = [
            pod.labels[MetadataKey.injection], pod.annotations[MetadataKey.injection],
            namespace?.labels[MetadataKey.injection], namespace?.annotations[MetadataKey.injection],
        ]
        return said.lazy.compactMap { MeshMarks.isOn($0) }.first ?? false
    }
}
