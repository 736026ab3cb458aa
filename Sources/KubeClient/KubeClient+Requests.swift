import JSON
import KubeModel
import KubeTransport

extension KubeClient {
    /// Performs any request and gives the body of its success, parsed; `null` if that is empty.
    ///
    /// For what the verbs do not cover: versions, health, access reviews.
    package func perform(
        _ method: String,
        path: String,
        query: Query = Query(),
        body: JSONValue? = nil
    ) async throws(KubeError) -> JSONValue {
        var request = KubeRequest(method: method, path: path)
        request.query = query
        request.body = body
        return try await value(of: request)
    }

    /// The parsed body of a success; `null` if it is empty.
    package func value(of request: KubeRequest) async throws(KubeError) -> JSONValue {
        let body = try await response(to: request).body
        guard !body.isEmpty else { return .null }
        do {
            return try JSONValue(parsing: body)
        } catch {
            throw request.error(.decoding, "the answer is no JSON: \(error)", cause: error)
        }
    }

    /// Performs a request, again where that is safe and asked for.
    ///
    /// - Returns: a response with a status of success.
    /// - Throws: ``KubeError``.
    package func response(to request: KubeRequest) async throws(KubeError) -> HTTPResponse {
        let gate = try gate(for: request)
        var attempt = 1
        while true {
            do {
                return try await responseOnce(to: request, gate: gate)
            } catch {
                guard let wait = retryPolicy.wait(after: error.code, attempt: attempt, isRead: request.isRead) else {
                    throw error
                }
                attempt += 1
                do {
                    try await clock.sleep(wait)
                } catch {
                    throw request.error(.cancelled, "cancelled while waiting to try again", cause: error)
                }
            }
        }
    }

    /// What the request must find open; `nil` if it may always be sent.
    private func gate(for request: KubeRequest) throws(KubeError) -> SendGate? {
        guard let fence, request.changesState else { return nil }
        guard let gate = fence.gate else { throw request.error(.notLeading, "not sent: this process does not lead") }
        return gate
    }

    private func responseOnce(to request: KubeRequest, gate: SendGate?) async throws(KubeError) -> HTTPResponse {
        let limit = limits.bodySize
        let response = try await authorized(request, gate: gate) { (http, endpoint) async throws(TransportError) in
            try await self.transport.perform(http, on: endpoint, bodyLimit: limit)
        } status: {
            ($0.status, $0.headers)
        }
        guard !(200..<300).contains(response.status) else { return response }
        throw refusal(of: request, response.status, response.headers, response.body)
    }

    /// Begins a request whose body is read as it arrives.
    ///
    /// - Returns: a stream with a status of success.
    func stream(_ request: KubeRequest, idleTimeout: Duration?) async throws(KubeError) -> HTTPStream {
        let stream = try await authorized(request) { (http, endpoint) async throws(TransportError) in
            try await self.transport.stream(http, on: endpoint, idleTimeout: idleTimeout)
        } status: {
            ($0.status, $0.headers)
        }
        guard !(200..<300).contains(stream.status) else { return stream }
        stream.body.setIdleTimeout(limits.listIdleTimeout)
        var body: [UInt8] = []
        do {
            body = try await stream.body.collect(upTo: limits.statusSize)
        } catch  where error.code == .cancelled {
            throw request.error(.transport(error), "\(error)")
        } catch {
            // The status says enough; its explanation is too long or broke off.
        }
        throw refusal(of: request, stream.status, stream.headers, body)
    }

    /// Sends a request with the present credentials, and once more with fresh ones if the server does not know them.
    private func authorized<Response: Sendable>(
        _ request: KubeRequest,
        gate: SendGate? = nil,
        send: (HTTPRequest, TransportEndpoint) async throws(TransportError) -> Response,
        status: (Response) -> (Int, HTTPHeaders)
    ) async throws(KubeError) -> Response {
        if let fault = request.fault { throw request.error(.invalidRequest, "not sent: \(fault)") }
        var mayRefresh = true
        while true {
            let credentials = try await credentials(for: request)
            let start = clock.now()
            let span = RequestSpan(request)
            let response: Response
            do {
                var http = http(request, credentials, in: span)
                http.gate = gate
                response = try await send(http, configuration.endpoint(with: credentials))
            } catch {
                span?.failed(error)
                if gate != nil, error.wasSent { fence?.noteUnanswered() }
                if error.code == .gateClosed {
                    let state = error.wasSent ? "given up unanswered" : "not sent"
                    throw request.error(.notLeading, "\(state): this process does not lead any more", cause: error)
                }
                if error.code != .cancelled {
                    metrics.record(method: request.method, code: nil, duration: clock.now() - start)
                }
                throw request.error(.transport(error), "\(error)")
            }
            let (code, headers) = status(response)
            span?.answered(code)
            metrics.record(method: request.method, code: code, duration: clock.now() - start)
            warnings.record(headers, verb: request.verb, subject: request.subject)
            guard code == 401, mayRefresh else { return response }
            mayRefresh = false
            await configuration.credentials.invalidate(credentials)
        }
    }

    private func credentials(for request: KubeRequest) async throws(KubeError) -> Credentials {
        do {
            return try await configuration.credentials.credentials()
        } catch is CancellationError {
            throw request.error(.cancelled, "cancelled while waiting for credentials")
        } catch {
            throw request.error(.credentials, "no credentials: \(error)", cause: error)
        }
    }

    private func http(_ request: KubeRequest, _ credentials: Credentials, in span: RequestSpan?) -> HTTPRequest {
        var headers = HTTPHeaders([("User-Agent", userAgent), ("Accept", request.accept)])
        if let authorization = credentials.authorization { headers.add("Authorization", authorization) }
        for field in configuration.impersonation?.headerFields ?? [] { headers.add(field.name, field.value) }
        span?.inject(into: &headers)
        if request.body != nil { headers.add("Content-Type", request.contentType) }
        return HTTPRequest(
            method: request.method,
            path: request.target,
            headers: headers,
            body: request.body?.encoded(),
            timeout: request.timeout,
            lane: request.lane
        )
    }

    private func refusal(
        of request: KubeRequest,
        _ code: Int,
        _ headers: HTTPHeaders,
        _ body: [UInt8]
    ) -> KubeError {
        let status = KubeStatus(
            responseCode: code,
            contentType: headers["Content-Type"],
            retryAfter: headers["Retry-After"],
            body: body
        )
        return request.error(.status(status), "\(status)")
    }
}
