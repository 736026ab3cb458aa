import KubeModel

/// One object of a list or a watch that could not be read. The others are not affected.
package struct ObjectDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    package var resource: APIResource
    /// Which object it is, if that could be found out.
    package var key: ObjectKey?
    /// The state of the object that could not be read, if that could be found out.
    package var resourceVersion: ResourceVersion?
    package var message: String

    package init(
        resource: APIResource,
        key: ObjectKey? = nil,
        resourceVersion: ResourceVersion? = nil,
        message: String
    ) {
        self.resource = resource
        self.key = key
        self.resourceVersion = resourceVersion
        self.message = message
    }

    package var description: String {
        "\(resource) \(key?.description ?? "(unknown)") cannot be read: \(message)"
    }
}
