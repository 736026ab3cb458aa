/// The outer form of PEM files (RFC 7468), checked before OpenSSL has to explain itself.
enum PEM {
    /// What kind of thing a file has to hold.
    enum Content {
        case certificate, privateKey
    }

    /// Why `bytes` do not hold `content`, as the end of a sentence; `nil` when they seem to.
    static func fault(in bytes: [UInt8], holding content: Content) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        switch content {
        case .certificate:
            if text.contains("-----BEGIN CERTIFICATE-----") || text.contains("-----BEGIN TRUSTED CERTIFICATE-----") {
                return nil
            }
            return "holds no PEM certificate (-----BEGIN CERTIFICATE-----)"
        case .privateKey:
            if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED") {
                return "holds a key with a passphrase, which is not supported; store it without"
            }
            if text.contains("PRIVATE KEY-----") { return nil }
            return "holds no PEM private key (-----BEGIN PRIVATE KEY-----)"
        }
    }
}
