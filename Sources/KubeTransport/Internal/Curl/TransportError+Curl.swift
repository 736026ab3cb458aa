import CCurl

extension TransportError {
    /// What libcurl's result means here.
    ///
    /// - Parameter description: Method and URL.
    init(curl code: CURLcode, message: String, description: String, wasSent: Bool) {
        self.init(Self.code(for: code, message: message), "\(description): \(message)", wasSent: wasSent)
    }

    private static func code(for code: CURLcode, message: String) -> Code {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            .resolve
        case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED:
            .connect
        case CURLE_OPERATION_TIMEDOUT:
            .timeout
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
            CURLE_SSL_CLIENTCERT, CURLE_SSL_CRL_BADFILE:
            .tls
        case CURLE_SSL_CONNECT_ERROR, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_SEND_FAIL_REWIND:
            // With TLS 1.3 the server judges our certificate after the handshake is over for us.
            message.contains("alert") ? .tls : .connectionLost
        case CURLE_PARTIAL_FILE:
            .truncated
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED:
            .invalidRequest
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT:
            .resources
        default:
            .protocolViolation
        }
    }
}
