import FoundationEssentials
import SwiftASN1
import X509

/// Reads foreign PEM text (RFC 7468) within bounds.
enum PEMText {
    /// The most that is read of one text.
    static let longest = 64 << 10
    static let mostCertificates = 16

    /// - Parameter field: where the text is from, for errors.
    static func certificates(_ text: String, field: String) throws(AdmissionError) -> [Certificate] {
        try check(text, field)
        do {
            let documents = try PEMDocument.parseMultiple(pemString: text)
            guard !documents.isEmpty else {
                throw AdmissionError(.certificate, "\(field) holds no certificate (-----BEGIN CERTIFICATE-----)")
            }
            guard documents.count <= mostCertificates else {
                throw AdmissionError(.certificate, "\(field) holds more than \(mostCertificates) certificates")
            }
            return try documents.map { try Certificate(pemDocument: $0) }
        } catch let error as AdmissionError {
            throw error
        } catch {
            throw AdmissionError(.certificate, "\(field) is no PEM of certificates", cause: error)
        }
    }

    static func privateKey(_ text: String, field: String) throws(AdmissionError) -> Certificate.PrivateKey {
        try check(text, field)
        do {
            // openssl puts the parameters of the curve before the key.
            let documents = try PEMDocument.parseMultiple(pemString: text)
            guard let document = documents.first(where: { $0.discriminator.hasSuffix("PRIVATE KEY") }) else {
                throw AdmissionError(.certificate, "\(field) holds no private key (-----BEGIN PRIVATE KEY-----)")
            }
            guard document.discriminator != "ENCRYPTED PRIVATE KEY" else {
                throw AdmissionError(.certificate, "\(field) has a passphrase; store it without")
            }
            return try Certificate.PrivateKey(pemDocument: document)
        } catch let error as AdmissionError {
            throw error
        } catch {
            throw AdmissionError(.certificate, "\(field) is no PEM of a private key", cause: error)
        }
    }

    static func text(of certificate: Certificate) throws(AdmissionError) -> String {
        do {
            return try certificate.serializeAsPEM().pemString + "\n"
        } catch {
            throw AdmissionError(.certificate, "a certificate cannot be written as PEM", cause: error)
        }
    }

    private static func check(_ text: String, _ field: String) throws(AdmissionError) {
        guard text.utf8.count <= longest else {
            throw AdmissionError(.certificate, "\(field) is longer than \(longest) bytes")
        }
    }
}
