import Foundation
import Synchronization
import TestSupport

/// Terminates TLS in front of a ``TestServer``.
///
/// The first line that the server reads from a connection tells of the handshake, see ``Handshake``.
final class TLSFront: Sendable {
    /// What the server learns from a client's handshake.
    struct Handshake: Hashable {
        /// The name that the client asked for, empty if none.
        var serverName: String
        /// The common name of its certificate, empty if none.
        var client: String
        /// Whether it resumed an earlier session.
        var isResumed: Bool

        init(_ line: String) {
            let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            serverName = words[0]
            client = words[1]
            isResumed = words[2] == "True"
        }
    }

    let port: UInt16

    /// - Parameter clientAuthority: Clients must have a certificate of this authority.
    init(
        _ server: TestServer,
        identity: Certificates.Identity,
        clientAuthority: Certificates.Identity? = nil
    ) throws {
        port = try TLSProcess.shared.get().addFront([
            "\(server.port)", identity.certificate.path, identity.key.path, clientAuthority?.certificate.path ?? "",
        ])
    }

    var url: String { "https://127.0.0.1:\(port)" }
}

/// The child process that does TLS for all fronts, one line of input and of output per front. It ends with its input,
/// which is to say, with this process.
private final class TLSProcess: Sendable {
    static let shared = Result { try TLSProcess() }

    private let pipes: Mutex<(input: FileHandle, output: FileHandle)>

    private init() throws {
        let process = Process()
        let input = Pipe()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.program]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        pipes = Mutex((input.fileHandleForWriting, output.fileHandleForReading))
    }

    func addFront(_ fields: [String]) throws -> UInt16 {
        let answer = try pipes.withLock { pipes in
            try pipes.input.write(contentsOf: Data((fields.joined(separator: "\t") + "\n").utf8))
            var line = Data()
            while line.last != UInt8(ascii: "\n"), let byte = try pipes.output.read(upToCount: 1), !byte.isEmpty {
                line += byte
            }
            return String(decoding: line.dropLast(), as: UTF8.self)
        }
        guard let port = UInt16(answer) else { throw SetUpError(command: "python3") }
        return port
    }

    private static let program = """
        import os, select, socket, ssl, sys, threading

        def greeting(client):
            subject = dict(pair for entry in (client.getpeercert() or {}).get("subject", ()) for pair in entry)
            name = getattr(client, "asked_for", None) or ""
            return f"{name} {subject.get('commonName', '')} {client.session_reused}\\n".encode()

        def relay(client, server):
            while True:
                ready = [client] if client.pending() else select.select([client, server], [], [])[0]
                for source, target in ((client, server), (server, client)):
                    if source in ready:
                        data = source.recv(65536)
                        if not data:
                            return
                        target.sendall(data)

        def handshake(client):
            try:
                client.do_handshake()
            except ssl.SSLError:
                # A client that is still sending would see a reset instead of the alert.
                while os.read(client.fileno(), 65536):
                    pass
                raise

        def serve(raw, context, backend):
            try:
                with context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False) as client:
                    handshake(client)
                    with socket.create_connection(("127.0.0.1", backend)) as server:
                        server.sendall(greeting(client))
                        relay(client, server)
            except OSError:
                pass

        def accept(listener, context, backend):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0], context, backend), daemon=True).start()

        for line in sys.stdin:
            backend, certificate, key, authority = line.rstrip("\\n").split("\\t")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            if authority:
                context.load_verify_locations(authority)
                context.verify_mode = ssl.CERT_REQUIRED
            context.sni_callback = lambda connection, name, context: setattr(connection, "asked_for", name)
            listener = socket.create_server(("127.0.0.1", 0), backlog=128)
            threading.Thread(target=accept, args=(listener, context, int(backend)), daemon=True).start()
            print(listener.getsockname()[1], flush=True)
        os._exit(0)
        """
}
