import JSON
import SystemPackage

/// One file that entries of a kubeconfig came from.
struct KubeconfigFile: Sendable {
    /// As it is named in errors.
    var name: String
    /// What relative paths in the file start from.
    var directory: FilePath
    /// `FILE:LINE:COLUMN` of a value; `nil` when it is not known.
    var locate: @Sendable (FieldPath) -> String?
}

/// Where a value stands, for errors and for the paths it holds.
struct KubeconfigPlace: Sendable {
    var file: KubeconfigFile
    var path: FieldPath
    /// Whose the value is, such as `user "alice"`; `nil` for the file's own fields.
    var owner: String?

    /// An error about this value.
    func error(
        _ code: ConfigurationError.Code,
        _ message: String,
        cause: (any Error)? = nil
    ) -> ConfigurationError {
        let text = owner.map { "\($0): \(message)" } ?? message
        return ConfigurationError(code, text, location: location(), cause: cause)
    }

    /// An error about a field below this value.
    func error(_ code: ConfigurationError.Code, _ field: String, _ message: String) -> ConfigurationError {
        let text = [owner, field, message].compactMap { $0 }.joined(separator: ": ")
        return ConfigurationError(code, text, location: location(field))
    }

    /// Where a field below this value stands, else this value, else the file.
    func location(_ field: String? = nil) -> String {
        field.flatMap { file.locate(path.appending(key: $0)) } ?? file.locate(path) ?? file.name
    }

    /// A path that the file holds, made absolute: relative ones start at the file's directory.
    func resolve(_ path: String) -> String {
        file.directory.pushing(FilePath(path)).lexicallyNormalized().string
    }
}
