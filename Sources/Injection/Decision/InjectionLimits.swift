/// How many entries of a kind injection reads of one pod.
///
/// A review comes from whoever reaches the webhook's port. What is above these numbers cannot run anyway, or would make a proxy that no
/// kernel starts; it is refused by name before it is worked on.
package enum InjectionLimits {
    /// Containers and init containers together.
    package static let containers = 1000
    /// Ports that the containers declare, all together. Media servers declare thousands.
    package static let ports = 32_768
    package static let volumes = 2000
    /// Distinct probes that the sidecar answers.
    package static let probes = 512
    /// Variables of ``MetadataKey/environment``.
    package static let environment = 256
    /// Entries of one list of ports, addresses or users that are not redirected, and the rules that all lists of ports for users make
    /// together. Every entry becomes a rule that each new connection is compared with.
    package static let exclusions = 256
    /// Entries of ``MetadataKey/componentLogLevel``. Envoy 1.40 has about 80 components.
    package static let logComponents = 128
}
