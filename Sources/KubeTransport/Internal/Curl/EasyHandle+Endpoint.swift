import CCurl
import Glibc

extension EasyHandle {
    /// Sets everything that depends on the endpoint and on the configuration alone.
    func configure(for route: Route, configuration: TransportConfiguration, share: UnsafeMutableRawPointer?) {
        setProtocol()
        setConnection(configuration)
        setProxy(route.endpoint)
        setTLS(route.endpoint.tls)
        set(CURLOPT_SSL_SESSIONID_CACHE, configuration.resumesTLSSessions ? 1 : 0)
        set(CURLOPT_SHARE, pointer: share)
        if let connectTo = route.connectTo {
            setConnectTo(connectTo)
        }
        if let credentials = route.endpoint.basicCredentials {
            set(CURLOPT_HTTPAUTH, ccurl_auth_basic)
            set(CURLOPT_USERNAME, credentials.user)
            set(CURLOPT_PASSWORD, credentials.password)
        }
    }

    /// HTTP/1.1 over two schemes and nothing clever: no redirects, cookies, cached policies, `.netrc` or HTTP/0.9 (all
    /// off by default), no changes to the path, and no head but the server's own.
    private func setProtocol() {
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_NOSIGNAL, 1)
        // Two records of TLS, of which libcurl reads one at a time.
        set(CURLOPT_BUFFERSIZE, 32 * 1024)
    }

    private func setConnection(_ configuration: TransportConfiguration) {
        set(CURLOPT_MAXAGE_CONN, max(1, configuration.maximumIdleConnectionAge.wholeMilliseconds / 1000))
        // Without it, giving up while a name is being resolved blocks this thread until the resolver returns.
        set(CURLOPT_QUICK_EXIT, 1)
        let interval = max(1, configuration.keepAliveInterval.wholeMilliseconds / 1000)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, interval)
        set(CURLOPT_TCP_KEEPINTVL, interval)
        set(
            CURLOPT_SOCKOPTDATA,
            pointer: UnsafeMutableRawPointer(bitPattern: max(1, configuration.unacknowledgedTimeout.wholeMilliseconds))
        )
        setSocketOptionsCallback { context, socket, _ in
            // The option's value travels in the pointer's bits. Old kernels may refuse: the connection works without.
            var timeout = CUnsignedInt(truncatingIfNeeded: UInt(bitPattern: context))
            var probes: CInt = 3
            setsockopt(
                socket,
                CInt(IPPROTO_TCP),
                TCP_USER_TIMEOUT,
                &timeout,
                socklen_t(MemoryLayout.size(ofValue: timeout))
            )
            setsockopt(socket, CInt(IPPROTO_TCP), TCP_KEEPCNT, &probes, socklen_t(MemoryLayout.size(ofValue: probes)))
            return CURL_SOCKOPT_OK
        }
    }

    /// Empty strings keep libcurl from reading `https_proxy`, `no_proxy` and the like.
    private func setProxy(_ endpoint: TransportEndpoint) {
        set(CURLOPT_PROXY, endpoint.proxyURL ?? "")
        set(CURLOPT_NOPROXY, "")
    }

    private func setTLS(_ tls: TLSConfiguration) {
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_SSL_VERIFYPEER, tls.insecureSkipVerify ? 0 : 1)
        set(CURLOPT_SSL_VERIFYHOST, tls.insecureSkipVerify ? 0 : 2)
        // Debian's default directory of authorities is the same bundle again, and while it is set libcurl parses the
        // bundle anew for each connection instead of once.
        set(CURLOPT_CAPATH, nil)
        set(CURLOPT_CAINFO_BLOB, blob: tls.certificateAuthorities)
        set(CURLOPT_SSLCERT_BLOB, blob: tls.clientCertificate)
        set(CURLOPT_SSLKEY_BLOB, blob: tls.clientKey)
    }
}
