import JSON
import Testing
import YAML

@testable import SwiftletAPI

struct SampleTests {
    private static func webServers() throws -> [(file: String, manifest: JSONValue)] {
        try Repository.files(in: "manifests/samples").filter { $0.hasSuffix(".yaml") }.flatMap { file in
            let text = try Repository.text(of: "manifests/samples/\(file)")
            return try YAML.documents(Array(text.utf8), source: file)
                .filter { $0.value["kind"] == "WebServer" }
                .map { (file, $0.value) }
        }
    }

    @Test func `Samples have nothing wrong with them`() throws {
        let samples = try Self.webServers()
        #expect(samples.count >= 3)
        for (file, manifest) in samples {
            #expect(try WebServer.check(manifest).errors.map(\.description) == [], "\(file)")
        }
    }

    @Test func `The full sample has every section`() throws {
        let text = try Repository.text(of: "manifests/samples/webserver-full.yaml")
        let spec = try YAML.documents(Array(text.utf8), source: "webserver-full.yaml").first?.value["spec"]
        let missing = WebServerSpec.CodingKeys.allCases.filter { $0 != .replicas && spec?[$0.stringValue] == nil }
        #expect(missing == [])
    }
}
