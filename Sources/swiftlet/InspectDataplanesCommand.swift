import ArgumentParser
import Operator

struct InspectDataplanesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataplanes",
        abstract: "Print the dataplanes that pods with a sidecar and their Services make.",
        discussion: "With -o, in the form of Kuma's objects of kind Dataplane."
    )

    @Option(help: "Mesh to look at. All if not given.")
    var mesh: String?

    @OptionGroup var arguments: InspectionArguments

    func run() async throws {
        try await arguments.inspect { objects, options in
            var options = options
            options.mesh = mesh
            let inspection = DataplaneInspection(objects, options: options)
            if inspection.dataplanes.isEmpty { Terminal.note("there are no pods with a sidecar") }
            return (arguments.output?.text(documents: inspection.documents) ?? inspection.table, inspection.warnings)
        }
    }
}
