import Foundation
import JSON
import KubeClient
import KubeModel

/// What the API server wrote down of the requests of some users: Tests/Cluster has it note the changes that service accounts of the namespace
/// ``namespace`` ask for.
struct AuditLog {
    static let namespace = "audited"

    struct Entry {
        var user: String
        var verb: String
        var resource: String
        var received: String
        var answered: String
        var code: Int64

        var succeeded: Bool { (200..<300).contains(code) }
        var isOfLease: Bool { resource == "leases" }
    }

    let file: URL

    /// `nil` for a cluster that keeps none.
    init?(kubeconfig: String) {
        let folder = URL(filePath: kubeconfig).deletingLastPathComponent()
        file = folder.appending(path: "logs/audit.log")
        // The log itself is made with its first entry.
        guard FileManager.default.fileExists(atPath: folder.appending(path: "audit-policy.yaml").path) else {
            return nil
        }
    }

    /// Everything that was answered so far. The texts of times compare as the times do.
    func entries() throws -> [Entry] {
        try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).compactMap { line in
            // One that is being written is no line yet.
            guard line.last == UInt8(ascii: "}") else { return nil }
            let event = try JSONValue(parsing: Array(line))
            guard event["stage"] == "ResponseComplete",
                let user = event[path: "user", "username"]?.stringValue?.split(separator: ":").last
            else { return nil }
            return Entry(
                user: String(user),
                verb: event["verb"]?.stringValue ?? "",
                resource: event[path: "objectRef", "resource"]?.stringValue ?? "",
                received: event["requestReceivedTimestamp"]?.stringValue ?? "",
                answered: event["stageTimestamp"]?.stringValue ?? "",
                code: event[path: "responseStatus", "code"]?.intValue ?? 0
            )
        }
    }

    /// Grants to one before the lease of another had run out, in seconds: nobody who is frozen or killed gives it back.
    static func earlyGrants(in entries: [Entry], duration: Double) -> [String] {
        let grants = entries.filter { $0.isOfLease && $0.succeeded }.sorted { $0.received < $1.received }
        return zip(grants, grants.dropFirst()).compactMap { last, next in
            guard last.user != next.user, let from = seconds(last.received), let to = seconds(next.received),
                to - from < duration
            else { return nil }
            return "\(next.user) was granted the lease at \(next.received), \(to - from) s after \(last.user)"
        }
    }

    /// Of a text such as `2026-01-02T03:04:05.678901Z`, since 1970.
    private static func seconds(_ text: String) -> Double? {
        guard let whole = Timestamp("\(text.prefix(19))Z"), let part = Double("0\(text.dropFirst(19).dropLast())")
        else {
            return nil
        }
        return Double(whole.secondsSinceEpoch) + part
    }

    /// Changes that one asked for after another had been granted the lease.
    static func strays(in entries: [Entry]) -> [String] {
        let grants = entries.filter { $0.isOfLease && $0.succeeded }.sorted { $0.answered < $1.answered }
        return entries.filter { !$0.isOfLease }.compactMap { entry in
            guard let grant = grants.last(where: { $0.answered < entry.received }), grant.user != entry.user else {
                return nil
            }
            return
                "\(entry.user) asks to \(entry.verb) \(entry.resource) at \(entry.received), after \(grant.user) was granted the lease at \(grant.answered)"
        }
    }
}
