import JSON
import SystemPackage

/// One kubeconfig, or several merged as client-go merges them.
///
/// Holds what the files say with the types checked; whether an entry makes sense is checked when it is used, so that a
/// broken entry harms nobody but its user. Descriptions and reflection give nothing but names.
package struct Kubeconfig: Sendable {
    /// Cluster, user and default namespace that are used together.
    struct Context: Sendable {
        var place: KubeconfigPlace
        var cluster: String?
        var user: String?
        var namespace: String?
    }

    private(set) var currentContext: String?
    /// Where ``currentContext`` was said.
    private(set) var currentContextPlace: KubeconfigPlace?
    private(set) var clusters: [String: KubeconfigCluster] = [:]
    private(set) var users: [String: KubeconfigUser] = [:]
    private(set) var contexts: [String: Context] = [:]
    /// The files it was read from, for errors about what none of them has.
    private(set) var fileNames: [String] = []

    /// Decodes one file.
    ///
    /// - Parameters:
    ///   - value: the file's content; `null` is an empty kubeconfig.
    ///   - file: the file's path; relative paths in it start at its directory.
    ///   - locate: `FILE:LINE:COLUMN` of a value, for errors.
    /// - Throws: ``ConfigurationError`` when a field has the wrong type or a list has two entries of one name.
    package init(
        decoding value: JSONValue,
        file: String,
        locate: @escaping @Sendable (FieldPath) -> String? = { _ in nil }
    ) throws(ConfigurationError) {
        fileNames = [file]
        guard !value.isNull else { return }
        let directory = FilePath(file).removingLastComponent()
        let place = KubeconfigPlace(
            file: KubeconfigFile(name: file, directory: directory, locate: locate),
            path: FieldPath()
        )
        let root = KubeconfigNode(value: value, place: place)
        if let kind = try root.string("kind"), kind != "Config" {
            throw place.error(.malformed, "kind", "\"\(kind)\" is no kubeconfig; expected kind Config")
        }
        if let version = try root.string("apiVersion"), version != "v1" {
            throw place.error(.malformed, "apiVersion", "\"\(version)\" is not known; expected v1")
        }
        currentContext = try root.string("current-context")
        currentContextPlace = place
        clusters = try Self.entries(of: root, "clusters", "cluster", KubeconfigCluster.init)
        users = try Self.entries(of: root, "users", "user", KubeconfigUser.init)
        contexts = try Self.entries(of: root, "contexts", "context") { node throws(ConfigurationError) in
            Context(
                place: node.place,
                cluster: try node.string("cluster"),
                user: try node.string("user"),
                namespace: try node.string("namespace")
            )
        }
    }

    /// Adds what `other` has and this does not: the first file to name a context, cluster or user decides all of it.
    package mutating func merge(_ other: Kubeconfig) {
        if currentContext == nil {
            currentContext = other.currentContext
            currentContextPlace = other.currentContextPlace
        }
        clusters.merge(other.clusters) { first, _ in first }
        users.merge(other.users) { first, _ in first }
        contexts.merge(other.contexts) { first, _ in first }
        fileNames += other.fileNames
    }

    private static func entries<Entry>(
        of root: KubeconfigNode,
        _ list: String,
        _ member: String,
        _ decode: (KubeconfigNode) throws(ConfigurationError) -> Entry
    ) throws(ConfigurationError) -> [String: Entry] {
        var result: [String: Entry] = [:]
        for element in try root.objects(list) {
            // An entry without a name can be meant by nobody, and harms nobody.
            guard let name = try element.string("name") else { continue }
            guard result[name] == nil else {
                throw element.place.error(.malformed, "\(list) has two entries of the name \"\(name)\"")
            }
            var node = element
            node.place.owner = "\(member) \"\(name)\""
            if let object = try node.object(member) {
                result[name] = try decode(object)
            } else {
                node.value = .object([:])
                result[name] = try decode(node)
            }
        }
        return result
    }
}

extension Kubeconfig: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        "Kubeconfig(contexts: \(contexts.keys.sorted()), files: \(fileNames))"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(reflecting: description) }
}
