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
            Terminal.put(YAML.text(ClusterRole.object(Permission.all).value))
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
