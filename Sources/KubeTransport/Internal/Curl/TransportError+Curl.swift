import CCurl

extension TransportError.Code {
    /// What a result of libcurl's means here. Some of its codes stand for so much that its words must be asked.
    ///
    /// - Parameter isHeadDue: The request was sent, and the head of the response is not complete.
    init(_ result: CURLcode, message: String, isHeadDue: Bool) {
        self =
            switch result {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
                .resolve
            case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED:
                .connect
            case CURLE_OPERATION_TIMEDOUT:
                .timeout
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER,
                CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT:
                .tls
            case CURLE_SSL_CONNECT_ERROR, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING:
                Self.brokenConnection(message)
            case CURLE_PARTIAL_FILE:
                .truncated
            case CURLE_OUT_OF_MEMORY where isHeadDue:
                // How libcurl 7.88 refuses a line of more than 100 KiB.
                .headTooLarge
            case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT:
                .resources
            case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED:
                .invalidRequest
            default:
                .protocolViolation
            }
    }

    private static func brokenConnection(_ message: String) -> Self {
        if message.contains("alert") {
            // With TLS 1.3 the server judges our certificate when the handshake is over for us.
            .tls
        } else if message.contains("CONNECT tunnel") {
            .connect
        } else if message.contains("chunked-encoding") {
            .protocolViolation
        } else {
            .connectionLost
        }
    }
}
