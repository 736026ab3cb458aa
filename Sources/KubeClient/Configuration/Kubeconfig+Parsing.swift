import JSON
import YAML

extension Kubeconfig {
    /// Parses the YAML (or JSON) of one file.
    ///
    /// - Parameter file: the file's path; relative paths in it start at its directory.
    /// - Throws: ``ConfigurationError`` with code `malformed` when it is no kubeconfig.
    package init(parsing bytes: [UInt8], file: String) throws(ConfigurationError) {
        let documents: [YAMLDocument]
        do {
            documents = try YAML.documents(bytes, source: file).filter { !$0.value.isNull }
        } catch {
            let location = error.location.map { "\(file):\($0)" } ?? file
            throw ConfigurationError(.malformed, error.message, location: location)
        }
        guard documents.count <= 1 else {
            let location = "\(file):\(documents[1].startLine):1"
            throw ConfigurationError(.malformed, "a kubeconfig is one YAML document", location: location)
        }
        guard let document = documents.first else {
            try self.init(decoding: .null, file: file)
            return
        }
        try self.init(decoding: document.value, file: file) { "\(file):\(document.location(of: $0))" }
    }
}
