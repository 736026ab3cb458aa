import JSON

/// A variable of the sidecar's environment.
package struct EnvironmentVariable: Hashable, Sendable {
    package var name: String
    package var value: String

    var json: JSONValue { ["name": .string(name), "value": .string(value)] }

    /// What the bootstrap is made with, from the pod's own fields.
    static let fields: [(name: String, path: String)] = [
        ("INSTANCE_IP", "status.podIP"), ("POD_NAME", "metadata.name"), ("POD_NAMESPACE", "metadata.namespace"),
    ]

    /// `K=V;K2=V2`. Of a name that is given twice the later value counts.
    static func list(_ text: String) throws(SettingProblem) -> [EnvironmentVariable] {
        var names = UniqueList<String>()
        var values: [String: String] = [:]
        for part in try SettingValue.list(text, separator: ";", limit: InjectionLimits.environment) {
            guard let equals = part.firstIndex(of: "="), isName(part[..<equals]) else {
                throw SettingProblem(part, use: "NAME=value;OTHER=value")
            }
            let name = String(part[..<equals])
            guard !fields.contains(where: { $0.name == name }) else {
                throw SettingProblem("\(name) is set by the injector: leave it out")
            }
            names.moveToEnd(name)
            values[name] = String(part[part.index(after: equals)...])
        }
        return names.elements.map { EnvironmentVariable(name: $0, value: values[$0] ?? "") }
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
