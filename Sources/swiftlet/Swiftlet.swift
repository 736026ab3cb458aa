import ArgumentParser

/// The command line.
@main
struct Swiftlet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swiftlet",
        abstract: "A Kubernetes operator: web servers from an image, an ingress and a volume, and a mesh of Envoys.",
        version: SwiftletVersion.current,
        subcommands: [
            OperatorCommand.self, ReconcileCommand.self, InjectCommand.self, InspectCommand.self, CRDsCommand.self,
            WebhooksCommand.self, UninstallCommand.self, DoctorCommand.self, MetricsCommand.self,
            TransparentProxyCommand.self,
            VersionCommand.self,
        ]
    )
}
