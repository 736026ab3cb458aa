import EnvoyAPI
import SwiftProtobuf

extension ConfigSource {
    /// From the stream that all resources come by.
    static let aggregated = ConfigSource.with {
        $0.ads = Envoy_Config_Core_V3_AggregatedConfigSource()
        $0.resourceApiVersion = .v3
    }
}

extension EnvoyAddress {
    init(_ address: String, _ port: UInt16) {
        self.init()
        socketAddress.address = address
        socketAddress.portValue = UInt32(port)
    }
}

extension NetworkFilter {
    init(_ name: String, _ configuration: some Message) throws {
        self.init()
        self.name = name
        typedConfig = try Google_Protobuf_Any(message: configuration)
    }
}

extension FilterChain {
    init(_ filters: NetworkFilter...) {
        self.init()
        self.filters = filters
    }
}

extension LbEndpoint {
    init(_ address: String, _ port: UInt16) {
        self.init()
        endpoint.address = EnvoyAddress(address, port)
    }
}

extension StringMatcher {
    static func regex(_ text: String) -> StringMatcher { .with { $0.safeRegex.regex = text } }
}

extension RegexMatchAndSubstitute {
    init(_ pattern: String, _ substitution: String) {
        self.init()
        self.pattern.regex = pattern
        self.substitution = substitution
    }
}

extension Metadata {
    /// Under the name that Kuma uses.
    init(tags: [String: String]) {
        self.init()
        filterMetadata["io.kuma.tags"] = Google_Protobuf_Struct(
            fields: tags.mapValues { Google_Protobuf_Value(stringValue: $0) }
        )
    }
}

extension Google_Protobuf_Duration {
    static func seconds(_ seconds: Int64) -> Google_Protobuf_Duration { Google_Protobuf_Duration(seconds: seconds) }
}

extension Google_Protobuf_UInt32Value {
    static let unlimited = Google_Protobuf_UInt32Value(UInt32.max)
}
