import Testing

@testable import Dataplanes

@Suite struct TrafficProtocolTests {
    @Test(
        arguments: [
            ([], .tcp),
            ([.grpc], .grpc),
            ([.grpc, .grpc], .grpc),
            ([.grpc, .http2], .http2),
            ([.http2, .grpc], .http2),
            ([.http, .http2], .tcp),
            ([.http, .grpc], .tcp),
            ([.http, .tcp], .tcp),
            ([.kafka, .kafka], .kafka),
            ([.kafka, .tcp], .tcp),
            ([.kafka, .http], .tcp),
            ([.http, .http, .http], .http),
            ([.grpc, .http2, .tcp], .tcp),
        ] as [([TrafficProtocol], TrafficProtocol)]
    )
    func commonProtocolIsTheMostSpecialThatAllSpeak(all: [TrafficProtocol], common: TrafficProtocol) {
        #expect(TrafficProtocol.common(all) == common)
    }
}
