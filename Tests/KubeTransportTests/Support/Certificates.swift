import Foundation

/// Certificates for a test run, made by the `openssl` command once per process: two authorities, server certificates
/// for different names, and a client's.
struct Certificates: Sendable {
    /// One certificate and its key, as files.
    struct Identity: Sendable {
        var certificate: URL
        var key: URL

        var certificatePEM: [UInt8] { get throws { Array(try Data(contentsOf: certificate)) } }
        var keyPEM: [UInt8] { get throws { Array(try Data(contentsOf: key)) } }
    }

    static let shared = Result { try Certificates() }

    private let directory: URL
    let authority: Identity
    let otherAuthority: Identity
    /// For the address 127.0.0.1.
    let loopback: Identity
    /// For kube.test, and not for any address.
    let named: Identity
    let client: Identity
    let otherClient: Identity

    private init() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "transport-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let maker = Maker(directory: directory)
        authority = try maker.makeAuthority("authority")
        otherAuthority = try maker.makeAuthority("other")
        loopback = try maker.make("loopback", by: authority, extensions: "subjectAltName=IP:127.0.0.1")
        named = try maker.make("named", by: authority, extensions: "subjectAltName=DNS:kube.test")
        client = try maker.make("client", by: authority, extensions: "extendedKeyUsage=clientAuth")
        otherClient = try maker.make("other-client", by: authority, extensions: "extendedKeyUsage=clientAuth")
        self.directory = directory
        atexit {
            if case .success(let certificates) = Certificates.shared {
                try? FileManager.default.removeItem(at: certificates.directory)
            }
        }
    }
}

private struct Maker {
    let directory: URL

    func makeAuthority(_ name: String) throws -> Certificates.Identity {
        let identity = identity(name)
        try openssl(
            ["req", "-x509", "-days", "2", "-subj", "/CN=\(name)"] + newKey(identity)
                + ["-addext", "keyUsage=critical,keyCertSign", "-out", identity.certificate.path]
        )
        return identity
    }

    func make(
        _ name: String,
        by authority: Certificates.Identity,
        extensions: String
    ) throws -> Certificates.Identity {
        let identity = identity(name)
        try openssl(
            ["req", "-x509", "-days", "2", "-subj", "/CN=\(name)"] + newKey(identity) + [
                "-CA", authority.certificate.path, "-CAkey", authority.key.path,
                "-addext", "basicConstraints=critical,CA:FALSE", "-addext", extensions,
                "-out", identity.certificate.path,
            ]
        )
        return identity
    }

    private func identity(_ name: String) -> Certificates.Identity {
        .init(certificate: directory.appending(path: "\(name).crt"), key: directory.appending(path: "\(name).key"))
    }

    private func newKey(_ identity: Certificates.Identity) -> [String] {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", identity.key.path]
    }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardError = Pipe()
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw SetUpError(command: "openssl \(arguments)") }
    }
}

struct SetUpError: Error {
    var command: String
}
