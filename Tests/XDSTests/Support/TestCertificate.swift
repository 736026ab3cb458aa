@testable import XDS

/// A certificate of `localhost` and `127.0.0.1` that signs itself, good for tests and nothing else.
enum TestCertificate {
    static func make() throws -> ServerCertificate {
        try ServerCertificate(chainPEM: Array(chain.utf8), keyPEM: Array(key.utf8))
    }

    static let chain = """
        -----BEGIN CERTIFICATE-----
        MIIBmTCCAT+gAwIBAgIUUrJagQUxyn5I1rc9UMEU8xMMl0wwCgYIKoZIzj0EAwIw
        EzERMA8GA1UEAwwIc3dpZnRsZXQwIBcNMjYxMTI1MjIwMzQ2WhgPMjEyNjExMDEy
        MjAzNDZaMBMxETAPBgNVBAMMCHN3aWZ0bGV0MFkwEwYHKoZIzj0CAQYIKoZIzj0D
        AQcDQgAEjGTL6YG7UtMaGWiu/RGLcEKIVw11rwGqQnrRkdSYa7yU5x3NrNrStATD
        nxbTrILSGvuNEZYoOiXrpxBjR6Sd0aNvMG0wHQYDVR0OBBYEFLnyCmYN8q7qITGq
        rdyjrmLS+QGsMB8GA1UdIwQYMBaAFLnyCmYN8q7qITGqrdyjrmLS+QGsMA8GA1Ud
        EwEB/wQFMAMBAf8wGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAoGCCqGSM49
        BAMCA0gAMEUCID9Ak7e8lVr/hN4EwYdLni3R7wBYt1Eag4J9FtmCzQoAAiEA9cA8
        E1KL2xT3li9bRED64o4UmdionCf+zsYVP3Nekxw=
        -----END CERTIFICATE-----
        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgr/J2miUYUEN0hUQf
        8TV2RJjomin0pIBoSOqlIhxGpOKhRANCAASMZMvpgbtS0xoZaK79EYtwQohXDXWv
        AapCetGR1JhrvJTnHc2s2tK0BMOfFtOsgtIa+40Rlig6JeunEGNHpJ3R
        -----END PRIVATE KEY-----
        """
}
