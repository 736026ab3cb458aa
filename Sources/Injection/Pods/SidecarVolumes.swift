import JSON

/// The volumes that injection adds.
enum SidecarVolumes {
    static let token = "kuma-sidecar-token"
    static let initScratch = "kuma-init-tmp"
    static let names = [initScratch, token]

    static let tokenDirectory = "/var/run/secrets/swiftlet"
    static let tokenPath = tokenDirectory + "/token"
    static var tokenSource: String { SecretFile.token(path: tokenPath, directory: tokenDirectory) }
    static let scratchDirectory = "/tmp"

    static func json(_ endpoint: ControlPlaneEndpoint) -> [JSONValue] {
        [
            // iptables locks a file, and the root is read-only.
            ["name": .string(initScratch), "emptyDir": ["sizeLimit": "10M"]],
            [
                "name": .string(token),
                "projected": [
                    // The kubelet takes the last of several sources that have a file of the same name. So the authorities come from the ConfigMap,
                    // which the operator keeps, and from the time of injection as long as there is none. Nothing in a ConfigMap hides the token.
                    "sources": [
                        annotation(MetadataKey.trustBundle, as: SecretFile.trustBundle),
                        ["configMap": ["name": .string(SecretFile.configMapName), "optional": true]],
                        annotation(MetadataKey.tokenSource, as: SecretFile.token),
                        [
                            "serviceAccountToken": [
                                "audience": .string(endpoint.tokenAudience),
                                "expirationSeconds": .int(Int64(max(endpoint.tokenLifetime, 600))),
                                "path": "token",
                            ]
                        ],
                    ]
                ],
            ],
        ]
    }

    private static func annotation(_ key: String, as file: String) -> JSONValue {
        let field: JSONValue = ["apiVersion": "v1", "fieldPath": .string("metadata.annotations['\(key)']")]
        return ["downwardAPI": ["items": [["path": .string(file), "fieldRef": field]]]]
    }
}
