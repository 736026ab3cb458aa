import EnvoyAPI
import NIOCore
import Synchronization

/// Writes `envoy.service.discovery.v3.DeltaDiscoveryResponse`s around resources that are encoded already.
///
/// What is long and equal for many proxies (the resources of a start) is written once and its bytes are shared; only the nonce differs.
package final class ResponseEncoder: Sendable {
    private struct Shared {
        let resources: [EncodedResource]
        let body: ByteBuffer
    }

    private struct State {
        /// By the identities of the resources.
        var bodies: [Int: Shared] = [:]
        var order: [Int] = []
    }

    /// A body below this is written anew: that costs less than to look for it.
    private static let sharedBytes = 8 << 10
    /// How many bodies are kept: those of a start, in a few chunks, for some kinds of proxies.
    private static let bodies = 12

    private let state = Mutex(State())

    package init() {}

    /// The message with its gRPC head, in one or two pieces.
    func encode(_ response: PushResponse) -> [ByteBuffer] {
        let size = response.resources.reduce(0) { $0 + Self.size(of: $1) }
        guard size >= Self.sharedBytes else {
            var bytes = head(of: response, body: size, reserving: size)
            for resource in response.resources { Self.write(resource, to: &bytes) }
            return [bytes]
        }
        return [head(of: response, body: size, reserving: 0), sharedBody(response.resources, size)]
    }

    /// All but the resources. The order of fields is free.
    private func head(of response: PushResponse, body: Int, reserving: Int) -> ByteBuffer {
        var rest = ByteBufferAllocator().buffer(capacity: 128 + reserving)
        GRPCFrames.writeHead(0, to: &rest)
        rest.writeProtobuf(4, response.type.typeURL)
        rest.writeProtobuf(5, response.nonce)
        for name in response.removed { rest.writeProtobuf(6, name) }
        rest.setInteger(UInt32(rest.readableBytes - 5 + body), at: rest.readerIndex + 1)
        return rest
    }

    private func sharedBody(_ resources: [EncodedResource], _ size: Int) -> ByteBuffer {
        var hasher = Hasher()
        for resource in resources { hasher.combine(ObjectIdentifier(resource)) }
        let key = hasher.finalize()
        return state.withLock { state in
            if let shared = state.bodies[key], shared.resources.elementsEqual(resources, by: ===) { return shared.body }
            var body = ByteBufferAllocator().buffer(capacity: size)
            for resource in resources { Self.write(resource, to: &body) }
            if state.bodies.updateValue(Shared(resources: resources, body: body), forKey: key) == nil {
                state.order.append(key)
            }
            if state.order.count > Self.bodies { state.bodies[state.order.removeFirst()] = nil }
            return body
        }
    }

    private static func sizes(of resource: EncodedResource) -> (any: Int, whole: Int) {
        let any =
            ByteBuffer.protobufSize(ofField: resource.type.typeURL.utf8.count)
            + ByteBuffer.protobufSize(ofField: resource.message.count)
        let whole =
            ByteBuffer.protobufSize(ofField: resource.version.utf8.count) + ByteBuffer.protobufSize(ofField: any)
            + ByteBuffer.protobufSize(ofField: resource.name.utf8.count)
        return (any, whole)
    }

    /// How many bytes a resource takes in a response.
    static func size(of resource: EncodedResource) -> Int {
        ByteBuffer.protobufSize(ofField: sizes(of: resource).whole)
    }

    private static func write(_ resource: EncodedResource, to bytes: inout ByteBuffer) {
        let (any, whole) = sizes(of: resource)
        bytes.writeProtobufHead(2, length: whole)
        bytes.writeProtobuf(1, resource.version)
        bytes.writeProtobufHead(2, length: any)
        bytes.writeProtobuf(1, resource.type.typeURL)
        bytes.writeProtobuf(2, resource.message)
        bytes.writeProtobuf(3, resource.name)
    }
}
