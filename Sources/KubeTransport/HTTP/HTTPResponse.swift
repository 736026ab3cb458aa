/// A whole response. Any status is a response: what 404 or 500 means is decided by the floors above.
package struct HTTPResponse: Sendable, Hashable {
    /// The status code, 200 or more.
    package var status: Int
    /// The header fields; trailers are dropped.
    package var headers: HTTPHeaders
    /// The body, free of transfer encoding. Content encoding is left alone: none is asked for.
    package var body: [UInt8]

    package init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
