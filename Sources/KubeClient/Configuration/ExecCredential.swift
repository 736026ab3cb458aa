import FoundationEssentials
import JSON
import KubeModel
import YAML

/// What an exec plugin answers: the status of an `ExecCredential` object.
struct ExecCredential: Sendable {
    var credentials: Credentials
    /// When they end; `nil` when only the server knows.
    var expiration: Timestamp?

    /// Why an answer is not accepted, as the end of a sentence about it. Never holds any of the answer's content but
    /// its kind and version.
    struct Fault: Error, Hashable {
        var reason: String
    }
}

extension ExecCredential {
    /// Reads what a plugin wrote to its standard output.
    ///
    /// - Parameter version: the version that the kubeconfig says the plugin speaks.
    init(parsing output: [UInt8], version: ExecPlugin.APIVersion) throws(Fault) {
        let object = try Self.object(output)
        guard case .object = object else { throw Fault(reason: "is no ExecCredential object") }
        // Without a kind it is taken for one, as by client-go.
        guard try Self.text(object, "kind") ?? "ExecCredential" == "ExecCredential" else {
            throw Fault(reason: "is no ExecCredential object")
        }
        guard let found = try Self.text(object, "apiVersion") else { throw Fault(reason: "has no apiVersion") }
        guard found == version.rawValue else {
            throw Fault(reason: "has apiVersion \(found.prefix(100)), but the kubeconfig says \(version.rawValue)")
        }
        guard let status = object["status"], case .object = status else { throw Fault(reason: "has no status") }
        let token = try Self.text(status, "token")
        let certificate = try Self.text(status, "clientCertificateData").map { Array($0.utf8) }
        let key = try Self.text(status, "clientKeyData").map { Array($0.utf8) }
        guard (certificate == nil) == (key == nil) else {
            throw Fault(reason: "has only one of clientCertificateData and clientKeyData; both are needed")
        }
        guard token != nil || certificate != nil else {
            throw Fault(reason: "has neither a token nor clientCertificateData and clientKeyData")
        }
        credentials = Credentials(clientCertificatePEM: certificate, clientKeyPEM: key)
        if let token {
            do {
                credentials.authorization = try Authorization.bearer(token)
            } catch {
                throw Fault(reason: "has a token that \(error.reason)")
            }
        }
        if let certificate, let fault = PEM.fault(in: certificate, holding: .certificate) {
            throw Fault(reason: "has a clientCertificateData that \(fault)")
        }
        if let key, let fault = PEM.fault(in: key, holding: .privateKey) {
            throw Fault(reason: "has a clientKeyData that \(fault)")
        }
        if let text = status["expirationTimestamp"]?.stringValue {
            guard let expiration = Timestamp(text) else {
                throw Fault(reason: "has an expirationTimestamp that is no RFC 3339 time")
            }
            self.expiration = expiration
        }
    }

    /// JSON where the answer begins with `{`, otherwise the first document of YAML.
    private static func object(_ output: [UInt8]) throws(Fault) -> JSONValue {
        if output.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{") {
            do {
                return try JSONValue(parsing: output)
            } catch {
                throw Fault(reason: "is not JSON (at byte \(error.offset))")
            }
        }
        do {
            return try YAML.firstDocument(output, source: "answer")?.value ?? .null
        } catch {
            let place = error.location.map { " (at line \($0.line))" } ?? ""
            throw Fault(reason: "is neither JSON nor YAML\(place)")
        }
    }

    private static func text(_ status: JSONValue, _ field: String) throws(Fault) -> String? {
        guard let value = status[field], !value.isNull else { return nil }
        guard let text = value.stringValue else {
            throw Fault(reason: "has a \(field) that is no string but a value of type \(value.typeName)")
        }
        return text.isEmpty ? nil : text
    }
}

extension ExecCredential {
    /// What a plugin is told in `KUBERNETES_EXEC_INFO`.
    ///
    /// - Parameter cluster: see ``ExecCredential/cluster(_:server:certificateAuthorities:)``; `nil` unless the user wants it told.
    static func request(_ version: ExecPlugin.APIVersion, cluster: JSONValue?, isInteractive: Bool) -> JSONValue {
        .object([
            "apiVersion": .string(version.rawValue),
            "kind": "ExecCredential",
            "spec": .compact(["cluster": cluster, "interactive": .bool(isInteractive)]),
        ])
    }

    /// The cluster as plugins are told of it.
    ///
    /// - Parameter certificateAuthorities: PEM; also where the kubeconfig names a file, plugins get the content.
    static func cluster(
        _ cluster: KubeconfigCluster,
        server: ServerURL,
        certificateAuthorities: [UInt8]?
    ) -> JSONValue {
        var told = JSONValue.compact([
            "server": .string(server.text),
            "tls-server-name": cluster.tlsServerName.map(JSONValue.string),
            "certificate-authority-data": certificateAuthorities.map { .string(Data($0).base64EncodedString()) },
            "proxy-url": cluster.proxyURL.map(JSONValue.string),
            "config": cluster.execExtension,
        ])
        if cluster.insecureSkipTLSVerify { told["insecure-skip-tls-verify"] = true }
        return told
    }
}
