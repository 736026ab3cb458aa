/// An address that applications send to.
package struct ServiceAddress: Hashable, Sendable {
    package var address: String
    package var port: UInt16
    /// For one pod of a headless Service: its `kuma.io/instance`. Traffic then goes to this pod alone.
    package var instance: String?

    package init(address: String, port: UInt16, instance: String? = nil) {
        self.address = address
        self.port = port
        self.instance = instance
    }
}
