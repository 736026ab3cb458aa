import JSON

/// The volumes that injection adds.
enum SidecarVolumes {
    static let token = "kuma-sidecar-token"
    static let initScratch = "kuma-init-tmp"
    static let names = [initScratch, token]

    static let tokenDirectory = "/var/run/secrets/swiftlet"
    static let tokenPath = tokenDirectory + "/token"
    static let scratchDirectory = "/tmp"

    static func json(_ endpoint: ControlPlaneEndpoint) -> [JSONValue] {
        [
            // iptables locks a file, and the root is read-only.
            ["name": .string(initScratch), "emptyDir": ["sizeLimit": "10M"]],
            [
                "name": .string(token),
                "projected": [
                    "sources": [
                        [
                            "serviceAccountToken": [
                                "audience": .string(endpoint.tokenAudience),
                                "expirationSeconds": .int(Int64(max(endpoint.tokenLifetime, 600))),
                                "path": "token",
                            ]
                        ]
                    ]
                ],
            ],
        ]
    }
}
