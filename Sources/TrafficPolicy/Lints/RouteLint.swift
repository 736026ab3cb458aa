import SwiftletAPI

/// Something about a TrafficRoute that is allowed but hardly meant, given what is in the mesh.
package struct RouteLint: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The TrafficRoute is not valid and decides nothing.
        case invalid
        /// No such mesh exists.
        case unknownMesh
        /// No proxy matches a source.
        case sourceMatchesNothing
        /// No service matches a destination.
        case destinationMatchesNothing
        /// Another TrafficRoute decides wherever this one matches.
        case shadowed
        /// The service does not speak HTTP, so that connections are split and not requests.
        case splitsConnections
        /// The service does not speak HTTP, so that `conf.http` has no effect.
        case rulesIgnored
        /// The weights look like percentages and do not add up to 100.
        case weightsNearHundred
        /// A share of the traffic fails because no endpoint bears the tags.
        case shareWithoutEndpoints
        /// All of the traffic fails: the weights of the shares that have endpoints add up to nothing.
        case nothingServed
    }

    /// The TrafficRoute's name.
    package var route: String
    package var kind: Kind
    /// What is the case and what to do about it, and the field at fault.
    package var finding: FieldError
}
