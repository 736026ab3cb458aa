import JSON

/// Completes parts of a pod template with the values that the API server would fill in.
///
/// Servers before 1.21 take away only what was applied when a spec no longer has such a part, or has another kind of it. What they filled in
/// by themselves stays, and makes the rest invalid: a probe without a handler, a volume from two sources. What is stated here goes, too.
enum StatedDefaults {
    /// The mode of mounted files, 0644.
    static let fileMode: JSONValue = 0o644

    static func probe(_ probe: JSONValue) -> JSONValue {
        var result = probe.adding([
            "failureThreshold": 3, "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 1,
        ])
        result["httpGet"] = probe["httpGet"]?.adding(["path": "/", "scheme": "HTTP"])
        return result
    }

    /// An environment variable.
    static func variable(_ variable: JSONValue) -> JSONValue {
        var result = variable
        if let reference = variable[path: "valueFrom", "fieldRef"] {
            result[path: "valueFrom", "fieldRef"] = reference.adding(["apiVersion": "v1"])
        }
        if let reference = variable[path: "valueFrom", "resourceFieldRef"] {
            let divisor = reference["divisor"]?.quantityAsText ?? "0"
            result[path: "valueFrom", "resourceFieldRef", "divisor"] = divisor
        }
        return result
    }

    /// Requests and limits, with text for numbers: manifests may have `cpu: 1`, but servers refuse that in an apply.
    static func resources(_ resources: JSONValue) -> JSONValue {
        var result = resources
        for member in ["requests", "limits"] {
            guard let quantities = resources[member]?.objectValue else { continue }
            result[member] = .object(quantities.mapValues(\.quantityAsText))
        }
        return result
    }
}

extension JSONValue {
    /// This object with these members where it has none of that name, or an empty one, which the server takes for none.
    fileprivate func adding(_ defaults: [String: JSONValue]) -> JSONValue {
        .object((objectValue ?? [:]).merging(defaults) { $0 == "" || $0 == 0 ? $1 : $0 })
    }

    fileprivate var quantityAsText: JSONValue {
        if case .int(let number) = self { .string(String(number)) } else { self }
    }
}
