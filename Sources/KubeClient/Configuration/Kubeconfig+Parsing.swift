import JSON
import YAML

extension Kubeconfig {
    /// Parses the YAML (or JSON) of one file: its first document, as kubectl does.
    ///
    /// - Parameter file: the file's path; relative paths in it start at its directory.
    /// - Throws: ``ConfigurationError`` with code `malformed` when it is no kubeconfig.
    package init(parsing bytes: [UInt8], file: String) throws(ConfigurationError) {
        let document: YAMLDocument?
        do {
            document = try YAML.firstDocument(bytes, source: file)
        } catch {
            let location = error.location.map { "\(file):\($0)" } ?? file
            throw ConfigurationError(.malformed, error.message, location: location)
        }
        guard let document else {
            try self.init(decoding: .null, file: file)
            return
        }
        try self.init(decoding: document.value, file: file) { "\(file):\(document.location(of: $0))" }
    }
}
