import ArgumentParser
import EnvoyAPI
import KubeModel
import Operator

struct InspectEnvoyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "envoy",
        abstract: "Print the resources that the Envoy of a pod is to have.",
        discussion: "With -o, in the form of Envoy's /config_dump."
    )

    @Argument(help: "The pod, as NAMESPACE/NAME; the name alone with --namespace.")
    var pod: String

    @Option(
        help: "Only resources of these types: cluster, endpoint, listener, route, secret. May be given several times."
    )
    var type: [ResourceType] = []

    @Option(help: "Only resources whose names contain this.")
    var name: String?

    @OptionGroup var arguments: InspectionArguments

    func validate() throws { _ = try key }

    private var key: ObjectKey {
        get throws {
            let parts = pod.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            switch parts.count {
            case 1 where !pod.isEmpty: return ObjectKey(namespace: arguments.namespace ?? "default", name: pod)
            case 2 where !parts[0].isEmpty && !parts[1].isEmpty:
                return ObjectKey(namespace: parts[0], name: parts[1])
            default: throw ValidationError("\"\(pod)\" is no pod: NAMESPACE/NAME is expected.")
            }
        }
    }

    func run() async throws {
        try await arguments.inspect { objects, options in
            let inspection = try EnvoyInspection(
                objects,
                options: options,
                pod: key,
                types: type.isEmpty ? nil : Set(type),
                name: name
            )
            return (try arguments.output.map { try $0.text(inspection.dump()) } ?? inspection.table, [])
        }
    }
}

extension ResourceType: ExpressibleByArgument {
    package init?(argument: String) {
        guard let type = Self.allCases.first(where: { "\($0)" == argument }) else { return nil }
        self = type
    }

    package static var allValueStrings: [String] { allCases.map { "\($0)" } }
}
