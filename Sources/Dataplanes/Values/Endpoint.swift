/// A ready inbound of some pod.
package struct Endpoint: Hashable, Sendable {
    package var address: String
    package var port: UInt16
    package var tags: Tags

    package init(address: String, port: UInt16, tags: Tags) {
        self.address = address
        self.port = port
        self.tags = tags
    }
}
