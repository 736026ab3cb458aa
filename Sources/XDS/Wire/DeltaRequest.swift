import NIOCore

/// What is read of an `envoy.service.discovery.v3.DeltaDiscoveryRequest`.
///
/// It is read by hand: a node names hundreds of extensions that nobody here looks at, and an acknowledgement is a hundred bytes.
package struct DeltaRequest: Hashable, Sendable {
    /// What Envoy says of itself, in the first request of a stream.
    package struct Node: Hashable, Sendable {
        package var id: String
        package var cluster: String

        package init(id: String, cluster: String = "") {
            self.id = id
            self.cluster = cluster
        }
    }

    package struct Failure: Hashable, Sendable {
        /// As gRPC numbers it.
        package var code: Int
        /// Envoy's words, cut to ``Limits/failureBytes``.
        package var message: String

        package init(code: Int, message: String) {
            self.code = code
            self.message = message
        }
    }

    /// What one request may hold.
    package struct Limits: Sendable {
        package var names = 100_000
        package var nameBytes = 1024
        package var failureBytes = 8 << 10

        package init() {}
    }

    package var node: Node?
    package var typeURL = ""
    package var subscribe: [String] = []
    package var unsubscribe: [String] = []
    /// What the client has from an earlier stream: versions by name.
    package var initialVersions: [String: String] = [:]
    /// Of the response that this request answers; empty when it answers none.
    package var nonce = ""
    /// Why the response that it answers was rejected.
    package var failure: Failure?

    package init(typeURL: String = "") { self.typeURL = typeURL }

    /// - Throws: ``XDSError`` with ``XDSError/Code/malformed`` or ``XDSError/Code/tooLarge``.
    package init(decoding bytes: ByteBuffer, limits: Limits = Limits()) throws(XDSError) {
        var reader = ProtobufReader(bytes)
        var names = 0
        func count() throws(XDSError) {
            names += 1
            guard names <= limits.names else {
                throw XDSError(.tooLarge, "a request has more than \(limits.names) names")
            }
        }
        while let (field, value) = try reader.next() {
            switch field {
            case 1: node = try Node(decoding: value.message(), limits)
            case 2: typeURL = try value.text(limit: limits.nameBytes)
            case 3:
                try count()
                subscribe.append(try value.text(limit: limits.nameBytes))
            case 4:
                try count()
                unsubscribe.append(try value.text(limit: limits.nameBytes))
            case 5:
                try count()
                let (name, version) = try Self.entry(value.message(), limits)
                initialVersions[name] = version
            case 6: nonce = try value.text(limit: limits.nameBytes)
            case 7: failure = try Failure(decoding: value.message(), limits)
            default: break
            }
        }
    }

    private static func entry(_ bytes: ByteBuffer, _ limits: Limits) throws(XDSError) -> (String, String) {
        var reader = ProtobufReader(bytes)
        var name = ""
        var version = ""
        while let (field, value) = try reader.next() {
            switch field {
            case 1: name = try value.text(limit: limits.nameBytes)
            case 2: version = try value.text(limit: limits.nameBytes)
            default: break
            }
        }
        return (name, version)
    }
}

extension DeltaRequest.Node {
    fileprivate init(decoding bytes: ByteBuffer, _ limits: DeltaRequest.Limits) throws(XDSError) {
        var reader = ProtobufReader(bytes)
        self.init(id: "")
        while let (field, value) = try reader.next() {
            switch field {
            case 1: id = try value.text(limit: limits.nameBytes)
            case 2: cluster = try value.text(limit: limits.nameBytes)
            default: break
            }
        }
    }
}

extension DeltaRequest.Failure {
    fileprivate init(decoding bytes: ByteBuffer, _ limits: DeltaRequest.Limits) throws(XDSError) {
        var reader = ProtobufReader(bytes)
        self.init(code: 0, message: "")
        while let (field, value) = try reader.next() {
            switch field {
            case 1: if case .integer(let number) = value { code = Int(truncatingIfNeeded: number) }
            case 2:
                // Envoy's words hold pieces of configuration, which need not be UTF-8, and the cut may fall into a character.
                let words = try value.message().readableBytesView.prefix(limits.failureBytes)
                message = String(decoding: words, as: UTF8.self)
            default: break
            }
        }
    }
}

extension DeltaRequest {
    /// As Envoy writes it.
    package func encoded() -> ByteBuffer {
        var bytes = ByteBuffer()
        if let node {
            var message = ByteBuffer()
            message.writeProtobuf(1, node.id)
            if !node.cluster.isEmpty { message.writeProtobuf(2, node.cluster) }
            bytes.writeProtobuf(1, message)
        }
        bytes.writeProtobuf(2, typeURL)
        for name in subscribe { bytes.writeProtobuf(3, name) }
        for name in unsubscribe { bytes.writeProtobuf(4, name) }
        for (name, version) in initialVersions {
            var entry = ByteBuffer()
            entry.writeProtobuf(1, name)
            entry.writeProtobuf(2, version)
            bytes.writeProtobuf(5, entry)
        }
        if !nonce.isEmpty { bytes.writeProtobuf(6, nonce) }
        if let failure {
            var message = ByteBuffer()
            message.writeProtobuf(1, UInt64(truncatingIfNeeded: failure.code))
            message.writeProtobuf(2, failure.message)
            bytes.writeProtobuf(7, message)
        }
        return bytes
    }
}
