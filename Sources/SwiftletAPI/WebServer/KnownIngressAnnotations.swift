/// The annotations of known readers of Ingresses that concern nothing but the Ingress's own host and path.
///
/// Left out on purpose, as examples of each kind: `configuration-snippet` and `modsecurity-snippet` (configuration of the controller),
/// `server-alias`, `from-to-www-redirect` and `external-dns.../hostname` (further hosts), `canary`, `router.priority`, `regex-priority` and
/// `group.name` (a share of, or precedence over, rules of others), `ssl-passthrough` (all paths of a host), `auth-url` and `mirror-target`
/// (requests made by the controller), `custom-headers`, `router.middlewares` and `tls-cert-namespace` (objects of other namespaces).
///
/// Source: the documentation of each controller, by its prefix.
enum KnownIngressAnnotations {
    /// Whole names.
    static let names = Set(
        groups.flatMap { prefix, names in names.split(whereSeparator: \.isWhitespace).map { "\(prefix)/\($0)" } }
    )

    /// Those whose value is the name of a Secret, with or without the namespace before it.
    static let secrets: Set<String> = [
        "nginx.ingress.kubernetes.io/auth-secret", "nginx.ingress.kubernetes.io/auth-tls-secret",
        "nginx.ingress.kubernetes.io/proxy-ssl-secret", "nginx.ingress.kubernetes.io/secure-verify-ca-secret",
        "haproxy.org/auth-secret", "haproxy.org/server-ca", "haproxy.org/server-crt", "haproxy.org/client-ca",
        "haproxy-ingress.github.io/auth-secret", "haproxy-ingress.github.io/auth-tls-secret",
        "haproxy-ingress.github.io/secure-crt-secret", "haproxy-ingress.github.io/secure-verify-ca-secret",
        "ingress.kubernetes.io/auth-secret", "ingress.kubernetes.io/auth-tls-secret",
        "ingress.kubernetes.io/secure-verify-ca-secret", "nginx.org/basic-auth-secret", "nginx.com/jwt-key",
    ]

    /// Whether the controller writes values as they are into a configuration whose syntax has braces and semicolons.
    static func isConfigurationText(_ name: String) -> Bool { name.hasPrefix("nginx.") }

    private static let groups: [(prefix: String, names: String)] = [
        ("kubernetes.io", "ingress.class ingress.allow-http ingress.global-static-ip-name tls-acme"),
        (
            "nginx.ingress.kubernetes.io",
            """
            affinity affinity-canary-behavior affinity-mode allowlist-source-range app-root auth-realm auth-secret auth-secret-type \
            auth-tls-error-page auth-tls-secret auth-tls-verify-client auth-tls-verify-depth auth-type backend-protocol \
            client-body-buffer-size connection-proxy-header cors-allow-credentials cors-allow-headers cors-allow-methods \
            cors-allow-origin cors-expose-headers cors-max-age custom-http-errors default-backend denylist-source-range \
            enable-access-log enable-cors enable-modsecurity enable-opentelemetry enable-owasp-core-rules enable-rewrite-log \
            force-ssl-redirect http2-push-preload limit-burst-multiplier limit-connections limit-rate limit-rate-after limit-rpm \
            limit-rps limit-whitelist load-balance permanent-redirect permanent-redirect-code preserve-trailing-slash \
            proxy-body-size proxy-buffer-size proxy-buffering proxy-buffers-number proxy-busy-buffers-size proxy-connect-timeout \
            proxy-cookie-domain proxy-cookie-path proxy-http-version proxy-max-temp-file-size proxy-next-upstream \
            proxy-next-upstream-timeout proxy-next-upstream-tries proxy-read-timeout proxy-redirect-from proxy-redirect-to \
            proxy-request-buffering proxy-send-timeout proxy-ssl-ciphers proxy-ssl-name proxy-ssl-protocols proxy-ssl-secret \
            proxy-ssl-server-name proxy-ssl-verify proxy-ssl-verify-depth relative-redirects rewrite-target satisfy \
            service-upstream session-cookie-change-on-failure session-cookie-conditional-samesite-none session-cookie-expires \
            session-cookie-max-age session-cookie-name session-cookie-path session-cookie-samesite session-cookie-secure \
            ssl-ciphers ssl-prefer-server-ciphers ssl-redirect temporal-redirect temporal-redirect-code upstream-hash-by \
            upstream-vhost use-regex whitelist-source-range x-forwarded-prefix
            """
        ),
        (
            "nginx.org",
            """
            basic-auth-realm basic-auth-secret client-body-buffer-size client-max-body-size fail-timeout grpc-services hsts \
            hsts-behind-proxy hsts-include-subdomains hsts-max-age http-redirect-code keepalive lb-method limit-req-rate max-conns \
            max-fails path-regex proxy-buffer-size proxy-buffering proxy-buffers proxy-busy-buffers-size proxy-connect-timeout \
            proxy-hide-headers proxy-max-temp-file-size proxy-next-upstream proxy-next-upstream-timeout \
            proxy-next-upstream-tries proxy-pass-headers proxy-read-timeout proxy-send-timeout redirect-to-https \
            rewrite-target ssl-redirect ssl-services use-cluster-ip websocket-services
            """
        ),
        (
            "traefik.ingress.kubernetes.io",
            """
            router.entrypoints router.observability.accesslogs router.observability.metrics router.observability.tracing \
            router.tls router.tls.certresolver service.nativelb service.passhostheader service.serversscheme \
            service.sticky.cookie service.sticky.cookie.httponly service.sticky.cookie.maxage service.sticky.cookie.name \
            service.sticky.cookie.samesite service.sticky.cookie.secure
            """
        ),
        (
            "haproxy.org",
            """
            allow-list auth-realm auth-secret auth-type check check-http check-interval client-ca cookie-persistence \
            cors-allow-credentials cors-allow-headers cors-allow-methods cors-allow-origin cors-enable cors-max-age deny-list \
            forwarded-for load-balance path-rewrite pod-maxconn rate-limit-period rate-limit-requests rate-limit-size \
            rate-limit-status-code scale-server-slots server-ca server-crt server-proto server-ssl ssl-redirect \
            ssl-redirect-code timeout-check timeout-connect timeout-queue timeout-server timeout-tunnel whitelist
            """
        ),
        (
            "haproxy-ingress.github.io",
            """
            affinity allowlist-source-range app-root auth-realm auth-secret auth-tls-secret auth-tls-verify-client \
            backend-protocol balance-algorithm cors-allow-credentials cors-allow-headers cors-allow-methods cors-allow-origin \
            cors-enable cors-expose-headers cors-max-age denylist-source-range health-check-interval health-check-uri hsts \
            hsts-include-subdomains hsts-max-age hsts-preload limit-connections limit-rps maxconn-server proxy-body-size \
            rewrite-target secure-backends secure-crt-secret secure-verify-ca-secret session-cookie-name \
            session-cookie-strategy ssl-redirect timeout-connect timeout-queue timeout-server timeout-tunnel \
            whitelist-source-range
            """
        ),
        (
            "ingress.kubernetes.io",
            """
            affinity app-root auth-realm auth-secret auth-tls-secret auth-type cors-allow-credentials cors-allow-headers \
            cors-allow-methods cors-allow-origin cors-enable cors-max-age force-ssl-redirect hsts hsts-include-subdomains \
            hsts-max-age hsts-preload limit-connections limit-rps proxy-body-size rewrite-target secure-backends \
            secure-verify-ca-secret session-cookie-name session-cookie-strategy ssl-redirect whitelist-source-range
            """
        ),
        (
            "alb.ingress.kubernetes.io",
            """
            backend-protocol backend-protocol-version certificate-arn healthcheck-interval-seconds healthcheck-path \
            healthcheck-port healthcheck-protocol healthcheck-timeout-seconds healthy-threshold-count inbound-cidrs \
            ip-address-type listen-ports load-balancer-attributes scheme security-groups shield-advanced-protection ssl-policy \
            ssl-redirect subnets success-codes tags target-group-attributes target-node-labels target-type \
            unhealthy-threshold-count wafv2-acl-arn
            """
        ),
        ("networking.gke.io", "managed-certificates v1beta1.FrontendConfig"),
        ("ingress.gcp.kubernetes.io", "pre-shared-cert"),
        (
            "appgw.ingress.kubernetes.io",
            """
            backend-path-prefix backend-protocol connection-draining connection-draining-timeout cookie-based-affinity \
            health-probe-interval health-probe-path health-probe-port health-probe-status-codes health-probe-timeout \
            health-probe-unhealthy-threshold request-timeout ssl-redirect use-private-ip
            """
        ),
        (
            "projectcontour.io",
            """
            num-retries per-try-timeout response-timeout retry-on tls-maximum-protocol-version tls-minimum-protocol-version \
            websocket-routes
            """
        ),
        (
            "konghq.com",
            """
            connect-timeout https-redirect-status-code methods path preserve-host protocols read-timeout request-buffering \
            response-buffering retries strip-path tags write-timeout
            """
        ),
        (
            "cert-manager.io",
            """
            cluster-issuer duration issuer issuer-group issuer-kind private-key-algorithm private-key-encoding \
            private-key-rotation-policy private-key-size renew-before revision-history-limit
            """
        ),
        ("acme.cert-manager.io", "http01-edit-in-place http01-ingress-class http01-ingress-ingressclassname"),
        ("external-dns.alpha.kubernetes.io", "cloudflare-proxied ttl"),
    ]
}
