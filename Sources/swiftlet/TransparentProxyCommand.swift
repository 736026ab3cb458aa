import ArgumentParser
import Injection
import Operator

struct TransparentProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transparent-proxy",
        abstract:
            "Bring the traffic of this network namespace to a sidecar: what the init container of injected pods does.",
        subcommands: [Install.self, Uninstall.self, Print.self]
    )

    /// The flags that the injector gives; one type reads and writes them.
    struct Flags: ParsableArguments {
        @Argument(
            parsing: .captureForPassthrough,
            help: ArgumentHelp(
                "What to redirect, as --name=value.",
                discussion: TransparentProxySettings().arguments.joined(separator: " ") + " are the defaults.",
                valueName: "flags"
            )
        )
        var flags: [String] = []

        func settings() throws -> TransparentProxySettings {
            do {
                return try TransparentProxySettings(arguments: flags)
            } catch {
                throw ValidationError("\(error)")
            }
        }
    }

    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set the rules. Needs the rights to do so, and iptables; doing it twice changes nothing."
        )

        @OptionGroup var flags: Flags

        func run() async throws {
            try await TransparentProxyInstaller { Terminal.note($0) }.install(flags.settings())
        }
    }

    struct Uninstall: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove all rules that were ever set here.")

        func run() async throws {
            try await TransparentProxyInstaller { Terminal.note($0) }.uninstall()
        }
    }

    struct Print: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the rules as input of iptables-restore --noflush, for a namespace that has none yet."
        )

        @OptionGroup var flags: Flags

        func run() async throws {
            let settings = try flags.settings()
            for family in settings.ipFamilyMode.families {
                Terminal.put("# \(family == .ipv4 ? "iptables-restore" : "ip6tables-restore") --noflush\n")
                Terminal.put(TransparentProxyRules(settings).installation(family, over: ""))
            }
        }
    }
}
