/// The expansion of `$(NAME)` that Kubernetes does in a container's command, arguments and environment.
///
/// Source: `k8s.io/kubernetes/third_party/forked/golang/expansion`: `$(NAME)` becomes the variable's value and stays as it is when there is
/// none, `$$` becomes `$`, any other `$` stays.
package enum VariableExpansion {
    /// Text that comes out of the expansion as it is here.
    static func escaped(_ text: String) -> String {
        text.contains("$") ? String(text.flatMap { $0 == "$" ? ["$", "$"] : [$0] }) : text
    }

    /// What Kubernetes makes of `text`.
    package static func expanded(_ text: String, _ variables: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        // Where there is none, none is looked for again.
        var mayClose = true
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                result += "$"
                rest.removeFirst()
            } else if rest.first == "(", mayClose {
                guard let end = rest.firstIndex(of: ")") else {
                    mayClose = false
                    result += "$"
                    continue
                }
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                result += variables[name] ?? "$(\(name))"
                rest = rest[rest.index(after: end)...]
            } else {
                result += "$"
            }
        }
        return result + rest
    }
}
