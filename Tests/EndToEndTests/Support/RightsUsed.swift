import Foundation
import JSON
import YAML

/// What an installation asked the API server for, by the server's audit log, beside what its roles allow.
struct RightsUsed {
    /// A verb on a resource: `patch deployments.apps`, `create pods/eviction`, `get secrets (swiftlet-certificates)`.
    struct Right: Hashable, Comparable, CustomStringConvertible {
        var verb: String
        var resource: String
        var name: String?

        var description: String { "\(verb) \(resource)" + (name.map { " (\($0))" } ?? "") }
        static func < (left: Right, right: Right) -> Bool { left.description < right.description }
    }

    private static let log = ProcessInfo.processInfo.environment["SWIFTLET_AUDIT_LOG"] ?? ""
    /// Whether the server keeps such a log.
    static let isThere = !log.isEmpty

    var used: Set<Right> = []
    var forbidden: Set<Right> = []
    var granted: Set<Right> = []

    /// Reads both.
    ///
    /// - Parameter start: what was asked for before is none of this installation's.
    init(since start: Date) async throws {
        let start = start.formatted(.iso8601)
        let lines = try Data(contentsOf: URL(filePath: Self.log)).split(separator: UInt8(ascii: "\n"))
        // One that is still being written is no line yet.
        for line in lines where line.last == UInt8(ascii: "}") {
            let event = try Self.json(line)
            guard let object = event["objectRef"], let verb = event["verb"]?.stringValue,
                let time = event["requestReceivedTimestamp"]?.stringValue, time >= start
            else { continue }
            let resource = Self.resource(
                object["apiGroup"]?.stringValue ?? "",
                object["resource"]?.stringValue ?? "",
                object["subresource"]?.stringValue
            )
            let right = Right(verb: verb, resource: resource, name: object["name"]?.stringValue)
            let code = event[path: "responseStatus", "code"]
            if code == 403 { forbidden.insert(right) } else { used.insert(right) }
            // An apply of an object that is not there needs both.
            if verb == "patch", code == 201 { used.insert(Right(verb: "create", resource: resource)) }
        }
        for role in ["clusterrole/swiftlet", "role/swiftlet"] {
            let value = try Self.json(Data(try await Release.system("get", role, "-o", "json").utf8))
            for rule in value["rules"]?.arrayValue ?? [] { granted.formUnion(Self.rights(of: rule)) }
        }
    }

    private static func json(_ bytes: some Sequence<UInt8>) throws -> JSONValue {
        try YAML.documents(Array(bytes), source: "JSON").first?.value ?? .null
    }

    private static func resource(_ group: String, _ plural: String, _ subresource: String?) -> String {
        let resource = group.isEmpty ? plural : "\(plural).\(group)"
        return subresource.map { "\(resource)/\($0)" } ?? resource
    }

    private static func rights(of rule: JSONValue) -> [Right] {
        func words(_ member: String) -> [String] { (rule[member]?.arrayValue ?? []).compactMap(\.stringValue) }
        let names: [String?] = words("resourceNames").isEmpty ? [nil] : words("resourceNames")
        return words("apiGroups").flatMap { group in
            words("resources").flatMap { plural in
                let parts = plural.split(separator: "/").map(String.init)
                let resource = resource(group, parts[0], parts.count > 1 ? parts[1] : nil)
                return words("verbs").flatMap { verb in names.map { Right(verb: verb, resource: resource, name: $0) } }
            }
        }
    }

    /// What is allowed and was never asked for.
    var unused: [Right] {
        granted.filter { right in
            !used.contains {
                $0.verb == right.verb && $0.resource == right.resource && (right.name == nil || $0.name == right.name)
            }
        }.sorted()
    }
}
