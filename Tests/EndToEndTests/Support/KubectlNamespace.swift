/// A namespace, by kubectl.
struct KubectlNamespace: Sendable {
    let name: String

    /// Runs kubectl in this namespace.
    ///
    /// - Returns: what it prints.
    /// - Throws: ``ProgramError`` when it does not end with 0.
    @discardableResult
    func callAsFunction(_ arguments: String..., input: String = "") async throws -> String {
        let run = try await EndToEnd.kubectl(["--namespace", name] + arguments, input: input)
        guard run.status == 0 else {
            throw ProgramError(description: "kubectl \(arguments.joined(separator: " ")): \(run.errors)")
        }
        return run.output
    }

    /// What is at a JSON path of an object; empty when there is no such object.
    func value(_ object: String, _ path: String) async throws -> String {
        try await self("get", object, "--ignore-not-found", "-o", "jsonpath={\(path)}")
    }

    /// Reason and message of a condition of a WebServer.
    func condition(_ type: String, of webServer: String) async throws -> String {
        let condition = ".status.conditions[?(@.type==\"\(type)\")]"
        return try await value("webserver/\(webServer)", "\(condition).reason}: {\(condition).message")
    }

    /// The page that the WebServer's Service serves; `nil` when there is none.
    func page(_ webServer: String) async throws -> String? {
        let address = try await value("service/\(webServer)", ".spec.clusterIP")
        return address.isEmpty ? nil : try await EndToEnd.fetch("http://\(address)/")
    }

    func waitUntilReady(_ webServer: String) async throws {
        do {
            try await self("wait", "--for=condition=Ready", "webserver/\(webServer)", "--timeout=120s")
        } catch {
            let story = try await value("webserver/\(webServer)", ".status.conditions")
            throw ProgramError(description: "\(error) \(story)")
        }
    }
}
