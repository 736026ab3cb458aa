import EnvoyAPI
import SwiftProtobuf
import Testing

struct EnvoyTypesTests {
    @Test func everyResourceIsKnownByItsTypeURL() {
        let names = Set(EnvoyTypes.all.map { "type.googleapis.com/\($0.protoMessageName)" })
        for type in ResourceType.allCases { #expect(names.contains(type.typeURL), "\(type)") }
    }

    @Test func anyBecomesJSONAndBack() throws {
        EnvoyTypes.register()
        var listener = Envoy_Config_Listener_V3_Listener()
        listener.name = "a"
        let any = try Google_Protobuf_Any(
            serializedBytes: Google_Protobuf_Any(message: listener).serializedBytes() as [UInt8]
        )
        let text = try any.jsonString()
        #expect(text == #"{"@type":"type.googleapis.com/envoy.config.listener.v3.Listener","name":"a"}"#)
        #expect(try Google_Protobuf_Any(jsonString: text).isA(Envoy_Config_Listener_V3_Listener.self))
    }
}
