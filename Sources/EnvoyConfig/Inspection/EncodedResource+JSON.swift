import EnvoyAPI
import JSON
import SwiftProtobuf

extension EncodedResource {
    /// The resource as it stands in Envoy's configuration dump, but with names in camel case.
    ///
    /// - Throws: What does not decode, as when the bytes are not from here.
    package func json() throws(EnvoyConfigError) -> JSONValue {
        EnvoyTypes.register()
        do {
            let bytes: [UInt8] = try decodedMessage().jsonUTF8Bytes(options: JSONEncodingOptions())
            return try JSONValue(parsing: bytes)
        } catch let error as EnvoyConfigError {
            throw error
        } catch {
            throw EnvoyConfigError(verb: .write, type: type, name: name, message: "\(error)")
        }
    }

    func decodedMessage() throws(EnvoyConfigError) -> any Message {
        switch type {
        case .cluster: try decoded(as: Cluster.self)
        case .endpoint: try decoded(as: ClusterLoadAssignment.self)
        case .listener: try decoded(as: Listener.self)
        case .route: try decoded(as: RouteConfiguration.self)
        case .secret: try decoded(as: Secret.self)
        }
    }

    func decoded<Body: Message>(as _: Body.Type) throws(EnvoyConfigError) -> Body {
        do {
            return try Body(serializedBytes: message)
        } catch {
            throw EnvoyConfigError(verb: .decode, type: type, name: name, message: "\(error)")
        }
    }
}
