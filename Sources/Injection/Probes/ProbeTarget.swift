/// What the sidecar asks of the application when the kubelet asks the sidecar.
package enum ProbeTarget: Hashable, Sendable {
    /// `path` as it is on the wire, without a query.
    case http(port: UInt16, path: String)
    case https(port: UInt16, path: String)
    /// Whether a connection can be made.
    case tcp(port: UInt16)
    /// `port` is the sidecar's.
    case grpc(applicationPort: UInt16, port: UInt16)

    package enum Kind: String, Hashable, Sendable {
        case http, https, tcp, grpc
    }

    package var kind: Kind {
        switch self {
        case .http: .http
        case .https: .https
        case .tcp: .tcp
        case .grpc: .grpc
        }
    }

    package var applicationPort: UInt16 {
        switch self {
        case .http(let port, _), .https(let port, _), .tcp(let port), .grpc(let port, _): port
        }
    }

    /// What the application is asked for.
    var applicationPath: String? {
        switch self {
        case .http(_, let path), .https(_, let path): path
        case .tcp, .grpc: nil
        }
    }

    /// What the sidecar is asked for: Kuma's `/<port><path>`, and `/tcp/<port>`; with `/https` before it where the application speaks TLS.
    var probePath: String? {
        switch self {
        case .http(let port, let path): "/\(port)\(path)"
        case .https(let port, let path): "/https/\(port)\(path)"
        case .tcp(let port): "/tcp/\(port)"
        case .grpc: nil
        }
    }
}
