import CCurl

/// The parts of a URL, as libcurl's own parser sees them, so that there is no second opinion on what the host is.
struct ParsedURL {
    var scheme: String
    /// In brackets if it is an IPv6 address.
    var host: String
    /// The port, or the scheme's own.
    var port: String
    /// Without a slash at the end.
    var path: String
    var hasCredentials: Bool
    var hasQueryOrFragment: Bool

    init(_ string: String) throws(TransportError) {
        guard let url = curl_url() else {
            throw TransportError(.resources, "no memory for a URL", wasSent: false)
        }
        defer { curl_url_cleanup(url) }
        let code = curl_url_set(url, CURLUPART_URL, string, 0)
        guard code == CURLUE_OK else {
            let reason = String(cString: curl_url_strerror(code))
            throw TransportError(.invalidRequest, "invalid base URL: \(reason)", wasSent: false)
        }
        func part(_ part: CURLUPart, _ flags: CInt = 0) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(url, part, &text, CUnsignedInt(flags)) == CURLUE_OK, let text else { return nil }
            defer { curl_free(text) }
            return String(cString: text)
        }
        scheme = part(CURLUPART_SCHEME) ?? ""
        host = part(CURLUPART_HOST) ?? ""
        port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT) ?? ""
        var path = part(CURLUPART_PATH) ?? ""
        while path.utf8.last == UInt8(ascii: "/") {
            path.removeLast()
        }
        self.path = path
        hasCredentials = part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil
        hasQueryOrFragment = part(CURLUPART_QUERY) != nil || part(CURLUPART_FRAGMENT) != nil
    }

    /// Scheme, host, port and path.
    var string: String {
        "\(scheme)://\(host):\(port)\(path)"
    }
}
