import Crypto
import Dataplanes

extension Tags {
    /// The cluster of the endpoints that bear these tags: the service's name, and if there are more tags
    /// `-` and the first 8 bytes of the SHA-256 of all names and values, concatenated in order of the names, in hexadecimal (as Kuma 2.14).
    package var clusterName: String {
        guard count > 1 || self[TagName.service] == nil else { return service }
        var hash = SHA256()
        for (name, value) in entries {
            hash.update(data: Array(name.utf8))
            hash.update(data: Array(value.utf8))
        }
        return "\(service)-\(Hexadecimal.text(of: hash.finalize().prefix(8)))"
    }

    /// One pod of a headless Service.
    static func instance(_ instance: String, of service: String) -> Tags {
        [TagName.service: service, TagName.instance: instance]
    }
}

enum Hexadecimal {
    static func text(of bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
