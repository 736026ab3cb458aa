import EnvoyAPI
import NIOCore

/// What a simulated proxy reads of a response.
struct SimulatedResponse {
    struct Resource {
        var name: String
        var version: String
        /// Of listeners: the route configurations that they ask for.
        var routeNames: [String] = []
        /// Of clusters: whether they ask for endpoints.
        var usesEndpoints = false

        var endpointNames: [String] { usesEndpoints ? [name] : [] }
    }

    var typeURL = ""
    var nonce = ""
    var resources: [Resource] = []
    var removed: [String] = []

    private static let limit = 1 << 20

    init(decoding bytes: ByteBuffer) throws(XDSError) {
        var reader = ProtobufReader(bytes)
        while let (field, value) = try reader.next() {
            switch field {
            case 2: resources.append(try Self.resource(value.message()))
            case 4: typeURL = try value.text(limit: Self.limit)
            case 5: nonce = try value.text(limit: Self.limit)
            case 6: removed.append(try value.text(limit: Self.limit))
            default: break
            }
        }
    }

    private static func resource(_ bytes: ByteBuffer) throws(XDSError) -> Resource {
        var resource = Resource(
            name: try text(bytes, [3]) ?? "",
            version: try text(bytes, [1]) ?? ""
        )
        let type = try text(bytes, [2, 1]) ?? ""
        if type == ResourceType.cluster.typeURL {
            // Cluster.type (field 2) is EDS (3).
            for case .integer(3) in try values(bytes, [2, 2, 2]) { resource.usesEndpoints = true }
        } else if type == ResourceType.listener.typeURL {
            // Listener: filter_chains or default_filter_chain, filters, typed_config, its value, rds, route_config_name.
            for chain in [3, 25] {
                for value in try values(bytes, [2, 2, chain, 3, 4, 2, 3, 2]) {
                    resource.routeNames.append(try value.text(limit: limit))
                }
            }
        }
        return resource
    }

    private static func text(_ bytes: ByteBuffer, _ path: [Int]) throws(XDSError) -> String? {
        try values(bytes, path).last?.text(limit: limit)
    }

    /// The values of the field that a path of field numbers leads to. What is no message on the way is passed by: filters other than
    /// HTTP have other fields under these numbers.
    private static func values(_ bytes: ByteBuffer, _ path: [Int]) throws(XDSError) -> [ProtobufReader.Value] {
        guard let first = path.first else { return [] }
        var found: [ProtobufReader.Value] = []
        var reader = ProtobufReader(bytes)
        while let (field, value) = try reader.next() {
            guard field == first else { continue }
            if path.count == 1 {
                found.append(value)
            } else if case .bytes(let inner) = value {
                found.append(contentsOf: try values(inner, Array(path.dropFirst())))
            }
        }
        return found
    }
}
