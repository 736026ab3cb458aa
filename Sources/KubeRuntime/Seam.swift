import JSON
import KubeModel

package protocol WireObject: Sendable {
    var key: ObjectKey { get }
    var uid: UID { get }
    var resourceVersion: ResourceVersion { get }
    init(json reader: inout JSONReader) throws
}
