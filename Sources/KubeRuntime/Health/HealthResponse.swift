/// A response of the health endpoints.
struct HealthResponse: Equatable, Sendable {
    var status: Int
    var contentType = HealthResponse.plainText
    var body: String
    /// Whether the head alone is sent; it tells the length of the body all the same.
    var isHeadOnly = false
    /// The methods to use instead.
    var allow: String?

    static let plainText = "text/plain; charset=utf-8"
}
