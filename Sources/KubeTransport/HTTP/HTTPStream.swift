/// The head of a response whose body is read as it arrives. Any status is a response.
///
/// Dropping the last copy of the stream, its body and its iterators closes the connection.
package struct HTTPStream: Sendable {
    /// The status code, 200 or more.
    package var status: Int
    /// The header fields; trailers are dropped.
    package var headers: HTTPHeaders
    /// The body.
    package var body: HTTPBody
}
