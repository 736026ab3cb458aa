import CCurl

extension EasyHandle {
    /// Sets everything that depends on the request, and takes back what an earlier request had set.
    ///
    /// - Parameter ownConnection: Opens a connection that serves nothing before or after.
    func configure(for request: HTTPRequest, on route: Route, connectTimeout: Duration, ownConnection: Bool) {
        clearMessage()
        set(CURLOPT_URL, route.url(for: request))
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, connectTimeout.wholeMilliseconds))
        set(CURLOPT_FRESH_CONNECT, ownConnection ? 1 : 0)
        set(CURLOPT_FORBID_REUSE, ownConnection ? 1 : 0)
        setMethod(request)
        setHeaders(Self.lines(of: request, on: route))
    }

    private func setMethod(_ request: HTTPRequest) {
        // Also takes back a body or HEAD.
        set(CURLOPT_HTTPGET, 1)
        if let body = request.body {
            if Self.asksForPieces(of: body, request) { setBody(askedFor: body.count) } else { setBody(body) }
        } else if request.method == "HEAD" {
            set(CURLOPT_NOBODY, 1)
        }
        set(CURLOPT_CUSTOMREQUEST, request.method == "GET" && request.body == nil ? nil : request.method)
    }

    /// A body that libcurl has whole leaves with the head, by one write of at most 16 KiB; what is more than that would follow without asking.
    private static func asksForPieces(of body: [UInt8], _ request: HTTPRequest) -> Bool {
        request.gate != nil && body.count > 8 * 1024
    }

    /// libcurl's list syntax: `Name: value`, `Name;` for an empty value, `Name:` to leave out a field of its own.
    private static func lines(of request: HTTPRequest, on route: Route) -> [String] {
        var lines = request.headers.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        for name in ["Accept", "Content-Type", "Expect"] where request.headers[name] == nil {
            lines.append("\(name):")
        }
        if let host = route.hostHeader, request.headers["Host"] == nil {
            lines.append("Host: \(host)")
        }
        return lines
    }
}
