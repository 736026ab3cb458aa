import Injection
import Subprocess

/// Sets the traffic rules of the network namespace that it runs in, by the kernel's own tools.
///
/// Needs `CAP_NET_ADMIN` and `CAP_NET_RAW` and the programs of iptables. Installing twice changes nothing. Each family of addresses is all or
/// nothing; a machine without IPv6 has no traffic to redirect there, and is told so.
package struct TransparentProxyInstaller: Sendable {
    /// Of the two ways in which kernels keep such rules, the one in use here.
    package enum Flavour: String, Sendable, CaseIterable {
        case nft, legacy

        func program(_ family: AddressFamily, _ verb: String) -> String {
            "\(family == .ipv4 ? "iptables" : "ip6tables")-\(rawValue)-\(verb)"
        }
    }

    /// Hears what is done, a line each.
    private let tell: @Sendable (String) -> Void
    private let environment: Environment

    /// - Parameter environment: what the programs run in, and by whose `PATH` they are found.
    package init(environment: Environment = .inherit, tell: @escaping @Sendable (String) -> Void) {
        self.environment = environment
        self.tell = tell
    }

    /// - Throws: ``TransparentProxyError`` with the tool's own words.
    package func install(_ settings: TransparentProxySettings) async throws {
        let rules = TransparentProxyRules(settings)
        for family in settings.ipFamilyMode.families {
            guard let (flavour, saved) = try await present(family) else { continue }
            try await restore(rules.installation(family, over: saved), family, flavour)
            tell("\(family.rawValue): rules are in place (\(flavour.rawValue))")
        }
    }

    /// Removes all that an installation left, of whatever settings.
    ///
    /// - Throws: ``TransparentProxyError`` with the tool's own words.
    package func uninstall() async throws {
        for family in AddressFamily.allCases {
            for flavour in Flavour.allCases {
                guard let saved = try await save(family, flavour).output else { continue }
                let removal = TransparentProxyRules.removal(from: saved)
                guard !removal.isEmpty else { continue }
                try await restore(removal, family, flavour)
                tell("\(family.rawValue): rules are removed (\(flavour.rawValue))")
            }
        }
    }

    /// The rules that are there, by the first flavour that works here; `nil` for IPv6 where there is none.
    private func present(_ family: AddressFamily) async throws -> (Flavour, String)? {
        var failures: [String] = []
        for flavour in Flavour.allCases {
            let (output, errors) = try await save(family, flavour)
            if let output { return (flavour, output) }
            failures.append(errors)
        }
        let words = failures.joined(separator: "; ")
        guard family == .ipv6 else { throw TransparentProxyError(message: "the rules cannot be read: \(words)") }
        tell("ipv6: nothing is redirected, as this kernel cannot: \(words)")
        return nil
    }

    private func save(_ family: AddressFamily, _ flavour: Flavour) async throws -> (output: String?, errors: String) {
        let program = flavour.program(family, "save")
        do {
            let result = try await run(program, ["-t", "nat"], input: "")
            return result.isSuccess ? (result.output, "") : (nil, "\(program): \(result.errors)")
        } catch let error as SubprocessError where error.code == .executableNotFound {
            return (nil, "\(program) is not installed")
        }
    }

    private func restore(_ input: String, _ family: AddressFamily, _ flavour: Flavour) async throws {
        let program = flavour.program(family, "restore")
        // Another program may hold the lock for a moment.
        let arguments = flavour == .legacy ? ["--noflush", "--wait=5"] : ["--noflush"]
        let result = try await run(program, arguments, input: input)
        guard result.isSuccess else {
            throw TransparentProxyError(message: "\(program): \(result.errors)")
        }
    }

    private struct Run {
        var isSuccess: Bool
        var output: String
        var errors: String
    }

    private func run(_ program: String, _ arguments: [String], input: String) async throws -> Run {
        let limit = 4 << 20
        let result = try await Subprocess.run(
            .name(program),
            arguments: Arguments(arguments),
            environment: environment,
            input: .string(input),
            output: .string(limit: limit),
            error: .string(limit: limit)
        )
        return Run(
            isSuccess: result.terminationStatus.isSuccess,
            output: result.standardOutput,
            errors: result.standardError.split(separator: "\n").joined(separator: " ")
        )
    }
}

/// The traffic rules could not be set.
package struct TransparentProxyError: Error, CustomStringConvertible {
    /// The tool's own words.
    package var message: String

    package var description: String { "transparent proxy: \(message)" }
}
