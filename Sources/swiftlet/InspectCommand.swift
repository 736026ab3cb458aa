import ArgumentParser

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Look at the mesh: dataplanes, routes, and what Envoys are to have.",
        discussion: """
            Reads the cluster, as the user of the kubeconfig, or with -f files instead of it. Works out what the operator does from the same \
            objects; asks neither the operator nor any proxy. Changes nothing.
            """,
        subcommands: [InspectDataplanesCommand.self, InspectRoutesCommand.self, InspectEnvoyCommand.self]
    )
}
