import ArgumentParser
import Operator

struct InspectRoutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes",
        abstract: "Print which TrafficRoute decides about whose traffic to which service, why, and where it goes."
    )

    @Option(help: "Mesh to look at. All if not given.")
    var mesh: String?

    @Option(help: "Only callers that offer this service, such as web_shop_svc_80.")
    var source: String?

    @Option(help: "Only traffic to this service, such as web_shop_svc_80.")
    var destination: String?

    @OptionGroup var arguments: InspectionArguments

    func run() async throws {
        try await arguments.inspect { objects, options in
            var options = options
            options.mesh = mesh
            let report = try RouteInspectionReport(
                objects,
                options: options,
                source: source,
                destination: destination
            )
            return (arguments.output?.text(report.document) ?? report.text, report.warnings)
        }
    }
}
