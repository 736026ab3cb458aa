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

    @Flag(help: "Print the operator's ClusterRole, and the Role for its own namespace, instead.")
    var role = false

    @Option(help: "The operator's own namespace.")
    var operatorNamespace = "swiftlet-system"

    @Flag(help: .hidden)
    var rules = false

    func run() throws {
        if role {
            let roles = OperatorRoles.objects(operatorNamespace: operatorNamespace)
            Terminal.put(roles.map { YAML.text($0.value) }.joined(separator: "---\n"))
            return
        }
        if rules {
            Terminal.put(YAML.text(OperatorRoles.rulesByFeature))
            return
        }
        let files = try CustomResourceDefinitions.files()
        guard let outputDirectory else {
            Terminal.put(files.map(\.text).joined(separator: "---\n"))
            return
        }
        for file in files {
            let path = "\(outputDirectory)/\(file.name)"
            try Data(file.text.utf8).write(to: URL(filePath: path), options: .atomic)
            print("wrote \(path)")
        }
    }
}
