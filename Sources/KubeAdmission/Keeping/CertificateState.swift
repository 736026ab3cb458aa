import Crypto
import FoundationEssentials
import JSON
import KubeModel
import SwiftASN1
import X509

/// The certificates and keys that a Secret holds.
///
/// A Secret is everybody's: what cannot be read of it is left out and told of in ``faults``, and made anew.
package struct CertificateState: Sendable {
    /// The bundle, without keys.
    package private(set) var authorities: [AuthorityID: CertificateAuthority] = [:]
    /// Until when authorities are trusted that sign nothing any more.
    package private(set) var trustedUntil: [AuthorityID: Timestamp] = [:]
    package private(set) var signer: CertificateAuthority?
    package private(set) var next: CertificateAuthority?
    package private(set) var leaves: [String: IssuedCertificate] = [:]
    /// What could not be read, and why.
    package private(set) var faults: [String] = []

    package init() {}

    package var bundle: CertificateBundle { CertificateBundle(authorities.values) }

    /// Takes a certificate out that is not to be shown.
    mutating func withdraw(_ name: String) { leaves[name] = nil }

    /// Puts authorities into the bundle.
    mutating func trust(_ others: [CertificateAuthority]) {
        for authority in others where authorities[authority.id] == nil { authorities[authority.id] = authority.trusted }
    }
}

// MARK: - The Secret

extension CertificateState {
    private enum Key {
        static let bundle = "ca.crt"
        static let signerKey = "ca.key"
        static let nextKey = "ca-next.key"
        static let retired = "ca-retired.json"
    }

    /// Reads the `data` of a Secret.
    ///
    /// - Parameter names: of the servers' certificates.
    package init(data: JSONValue?, names: [String]) {
        let texts = (data?.objectValue ?? [:]).compactMapValues { value in
            value.stringValue.flatMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
        }
        var faults: [String] = []
        /// What a text says; `nil` where there is none, as in placeholders, or it cannot be read.
        func read<Value>(_ key: String, _ body: (String) throws -> Value) -> Value? {
            guard let text = texts[key], !text.isEmpty else { return nil }
            do {
                return try body(text)
            } catch {
                faults.append("\(error)")
                return nil
            }
        }
        let bundle = read(Key.bundle) { try CertificateBundle(pem: $0, field: Key.bundle) }?.authorities ?? []
        authorities = Dictionary(bundle.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        signer = read(Key.signerKey) { try Self.authority(of: $0, Key.signerKey, among: bundle) }
        next = read(Key.nextKey) { try Self.authority(of: $0, Key.nextKey, among: bundle) }
        trustedUntil = read(Key.retired) { try Self.moments($0) } ?? [:]
        for name in names {
            leaves[name] = read("\(name).crt") { chain in
                try IssuedCertificate(chainPEM: chain, keyPEM: texts["\(name).key"] ?? "", name: name)
            }
        }
        self.faults = faults
    }

    /// The `data` of a Secret.
    package func data() throws(AdmissionError) -> [String: JSONValue] {
        var texts = [Key.bundle: bundle.pem]
        if let signer { texts[Key.signerKey] = try signer.keyPEM() }
        if let next { texts[Key.nextKey] = try next.keyPEM() }
        if !trustedUntil.isEmpty {
            let moments = trustedUntil.map { ($0.key.description, JSONValue.string($0.value.description)) }
            texts[Key.retired] = JSONValue.object(Dictionary(uniqueKeysWithValues: moments)).encodedText()
        }
        for (name, leaf) in leaves {
            texts["\(name).crt"] = leaf.chainPEM
            texts["\(name).key"] = leaf.keyPEM
        }
        return texts.mapValues { .string(Data($0.utf8).base64EncodedString()) }
    }

    /// The keys of a Secret that are ours to remove when ``data()`` does not have them.
    package static let optionalKeys = [Key.signerKey, Key.nextKey, Key.retired]

    private static func authority(
        of keyPEM: String,
        _ field: String,
        among authorities: [CertificateAuthority]
    ) throws(AdmissionError) -> CertificateAuthority {
        let key = try PEMText.privateKey(keyPEM, field: field)
        guard let authority = authorities.first(where: { $0.certificate.publicKey == key.publicKey }) else {
            throw AdmissionError(.certificate, "\(field) is the key of no certificate in \(Key.bundle)")
        }
        return try CertificateAuthority(authority.certificate, privateKey: key)
    }

    private static func moments(_ text: String) throws(AdmissionError) -> [AuthorityID: Timestamp] {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text)
        } catch {
            throw AdmissionError(.certificate, "\(Key.retired) is no JSON", cause: error)
        }
        let moments = (value.objectValue ?? [:]).compactMap { id, moment in
            moment.stringValue.flatMap { Timestamp($0) }.map { (AuthorityID(id), $0) }
        }
        return Dictionary(moments, uniquingKeysWith: max)
    }
}

// MARK: - Rotation

extension CertificateState {
    /// What the rotation decides by.
    package func view(of requests: [CertificateRequest]) -> SecretView {
        var view = SecretView()
        view.authorities = bundle.authorities.map { authority in
            SecretView.Authority(
                id: authority.id,
                notBefore: authority.notBefore,
                notAfter: authority.notAfter,
                trustedUntil: trustedUntil[authority.id]
            )
        }
        view.signer = signer?.id
        view.next = next?.id
        for request in requests {
            guard let leaf = leaves[request.name], let issuer = leaf.issuer(among: Array(authorities.values)),
                let authority = authorities[issuer]
            else { continue }
            view.leaves[request.name] = SecretView.Leaf(
                id: leaf.id,
                issuer: issuer,
                notBefore: leaf.notBefore,
                notAfter: min(leaf.notAfter, authority.notAfter),
                isAsRequested: leaf.covers(request)
            )
        }
        return view
    }

    /// Makes a change that the rotation decided on; actions that do not change the Secret are ignored.
    ///
    /// - Parameter known: authorities that may be kept although they are not in the Secret.
    mutating func apply(
        _ action: RotationAction,
        now: Timestamp,
        policy: RotationPolicy,
        authorityName: String,
        requests: [CertificateRequest],
        known: [AuthorityID: CertificateAuthority]
    ) throws(AdmissionError) {
        switch action {
        case .createAuthority(let role):
            let authority = try CertificateAuthority(
                named: authorityName,
                now: now,
                validity: policy.authorityValidity,
                backdating: policy.backdating
            )
            authorities[authority.id] = authority.trusted
            switch role {
            case .signer: signer = authority
            case .next: next = authority
            }
        case .keepAuthority(let id, let until):
            guard let authority = authorities[id] ?? known[id] else { return }
            authorities[id] = authority.trusted
            trustedUntil[id] = until
        case .promoteNext(let retiredUntil):
            if let signer { trustedUntil[signer.id] = retiredUntil }
            if let next { trustedUntil[next.id] = nil }
            signer = next
            next = nil
        case .dropAuthority(let id):
            authorities[id] = nil
            trustedUntil[id] = nil
            if signer?.id == id { signer = nil }
            if next?.id == id { next = nil }
        case .issueLeaf(let name):
            guard let request = requests.first(where: { $0.name == name }), let signer else { return }
            leaves[name] = try signer.issue(
                request,
                now: now,
                validity: policy.leafValidity,
                backdating: policy.backdating
            )
        case .publish, .serve, .checkAgain: break
        }
    }
}
