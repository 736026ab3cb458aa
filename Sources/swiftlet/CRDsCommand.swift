import ArgumentParser
import FoundationEssentials
import JSON
import KubeModel
import Operator
import SwiftletAPI
import YAML

struct CRDsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crds",
        abstract: "Print the CustomResourceDefinitions, for kubectl apply --server-side -f -."
    )

    @Option(help: "Write one file for each into this directory instead.")
    var outputDirectory: String?

    @Flag(help: "Print the operator's ClusterRole instead.")
    var role = false

    func run() throws {
        if role {
            Terminal.put(YAML.text(ClusterRole.object(Permission.webServers).value))
            return
        }
        let definitions = try CustomResourceDefinitions.all()
        guard let outputDirectory else {
            Terminal.put(definitions.map(\.text).joined(separator: "---\n"))
            return
        }
        for definition in definitions {
            let path = "\(outputDirectory)/\(definition.fileName)"
            try Data(definition.text.utf8).write(to: URL(filePath: path), options: .atomic)
            print("wrote \(path)")
        }
    }
}
