/// What traffic of a pod goes through its sidecar.
package struct TransparentProxySettings: Hashable, Sendable {
    /// Where the sidecar takes what the pod sends.
    package var outboundPort: UInt16 = 15001
    /// Where the sidecar takes what the pod is sent.
    package var inboundPort: UInt16 = 15006
    /// False for a delegated gateway, which takes its traffic itself.
    package var redirectsInbound = true
    /// The sidecar's user: what it sends itself is not redirected.
    package var uid: UInt32 = 5678
    package var ipFamilyMode = IPFamilyMode.dualstack
    /// Where the sidecar answers DNS; `nil` leaves DNS alone.
    package var dnsPort: UInt16?
    package var excludedInboundPorts: [PortRange] = []
    package var excludedOutboundPorts: [PortRange] = []
    /// By where traffic comes from.
    package var excludedInboundAddresses: [AddressBlock] = []
    /// By where traffic goes to.
    package var excludedOutboundAddresses: [AddressBlock] = []
    package var excludedOutboundPortsForUsers: [UserPortExclusion] = []

    package init() {}

    static let defaultDNSPort: UInt16 = 15053
}
