import JSON

/// What a request is answered over HTTP.
struct AdmissionAnswer: Equatable, Sendable {
    var status: Int
    var contentType = "text/plain; charset=utf-8"
    var body: [UInt8]
    /// The methods to use instead.
    var allow: String?

    /// A refusal in plain text, which API servers put into the error that their client sees.
    init(_ status: Int, _ text: String, allow: String? = nil) {
        self.status = status
        self.allow = allow
        body = Array(text.utf8)
    }

    init(_ review: JSONValue) {
        status = 200
        contentType = "application/json"
        body = review.encoded()
    }

    /// Whether the connection can take another request: what was refused may not have been read to its end.
    var keepsConnection: Bool { status == 200 }
}
