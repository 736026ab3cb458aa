import KubeTransport
import Logging
import Synchronization

/// Passes on what the API server warns of (deprecated versions, unknown fields), each text once.
final class WarningLog: Sendable {
    /// How many texts are remembered; a server that makes up more is not listened to any longer.
    private static let limit = 1000

    private let logger: Logger
    private let seen = Mutex<Set<String>>([])

    init(logger: Logger) { self.logger = logger }

    /// Logs the warnings among the fields of a response.
    func record(_ headers: HTTPHeaders, verb: String, subject: String) {
        for value in headers.values(of: "Warning") {
            guard let text = Self.text(of: value), isNew(text) else { continue }
            logger.warning("the API server warns: \(text)", metadata: ["verb": "\(verb)", "subject": "\(subject)"])
        }
    }

    private func isNew(_ text: String) -> Bool {
        seen.withLock { seen in seen.count < Self.limit && seen.insert(text).inserted }
    }

    /// The text of `299 - "text"` (RFC 7234, 5.5); `nil` for other codes and malformed values.
    static func text(of value: String) -> String? {
        let parts = value.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, parts[0] == "299", parts[2].first == "\"" else { return nil }
        var text = ""
        var isEscaped = false
        for character in parts[2].dropFirst() {
            if isEscaped {
                text.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                return text
            } else {
                text.append(character)
            }
        }
        return nil
    }
}
