import JSON

/// Files that Envoy reads as secrets (file-based SDS) and reads again when the kubelet replaces the volume they are in.
///
/// Envoy does not start when such a file is missing. It starts with one that cannot be read, and reads it again at the next change.
package enum SecretFile {
    /// The name of the ConfigMap in each namespace with sidecars.
    package static let configMapName = "swiftlet-trust-bundle"
    /// The key of the ConfigMap, and the name of the file: the authorities by which the control plane is known.
    package static let trustBundle = "trust-bundle.json"
    /// The file that says where the token is.
    static let token = "token.json"

    static let trustBundleName = "swiftlet-trust-bundle"
    static let tokenName = "swiftlet-token"

    /// The content of ``trustBundle``.
    ///
    /// - Parameter authorities: certificates as PEM.
    package static func trustBundle(authorities: String) -> String {
        document(trustBundleName, ["validation_context": ["trusted_ca": ["inline_string": .string(authorities)]]])
    }

    /// The authorities in a file of that form, as PEM; `nil` when it has another one.
    package static func authorities(inTrustBundle text: String) -> String? {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: text)
        } catch {
            return nil
        }
        return document["resources"]?[0]?[path: "validation_context", "trusted_ca", "inline_string"]?.stringValue
    }

    /// The content of ``token``.
    static func token(path: String, directory: String) -> String {
        let source: JSONValue = [
            "filename": .string(path), "watched_directory": ["path": .string(directory)],
        ]
        return document(tokenName, ["generic_secret": ["secret": source]])
    }

    /// Where Envoy finds the secret of that name: a message of type `SdsSecretConfig`.
    ///
    /// The directory is watched and not the file: the kubelet swaps a symbolic link in it.
    static func source(_ name: String, file: String, in directory: String) -> JSONValue {
        [
            "name": .string(name),
            "sds_config": [
                "resource_api_version": "V3",
                "path_config_source": [
                    "path": .string("\(directory)/\(file)"), "watched_directory": ["path": .string(directory)],
                ],
            ],
        ]
    }

    private static func document(_ name: String, _ secret: [String: JSONValue]) -> String {
        let members = secret.merging(["name": .string(name)]) { $1 }
        let resource = EnvoyJSON.typed("envoy.extensions.transport_sockets.tls.v3.Secret", members)
        let document: JSONValue = ["resources": [resource]]
        return document.encodedText()
    }
}
