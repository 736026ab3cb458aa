import FoundationEssentials
import JSON
import KubeClient
import KubeModel
import SwiftletAPI
import YAML

/// Reads manifests from files, directories and standard input.
package struct ManifestLoader: Sendable {
    /// What files with manifests end with, when a directory is read.
    private static let extensions = [".yaml", ".yml", ".json"]

    /// Reads standard input to its end.
    private let standardInput: @Sendable () throws -> [UInt8]
    /// The namespace of namespaced objects that name none.
    private let defaultNamespace: String?

    /// - Parameter defaultNamespace: `nil` takes objects as they are, also without a name of their own if they have `generateName`.
    package init(defaultNamespace: String?, standardInput: @escaping @Sendable () throws -> [UInt8]) {
        self.defaultNamespace = defaultNamespace
        self.standardInput = standardInput
    }

    /// All objects of the files, in order; the items of a `List` one by one.
    ///
    /// - Parameter paths: files, directories (read with everything below them, in the order of their names), or `-`.
    /// - Throws: ``ManifestError`` naming the file, and line and column where they are known.
    package func load(_ paths: [String]) throws(ManifestError) -> [Manifest] {
        var manifests: [Manifest] = []
        for path in paths {
            for file in try files(at: path) { manifests += try read(file) }
        }
        return manifests
    }

    private func files(at path: String) throws(ManifestError) -> [String] {
        guard path != "-" else { return ["-"] }
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw ManifestError("\(path): no such file or directory")
        }
        guard isDirectory else { return [path] }
        let found: [String]
        do {
            found = try FileManager.default.subpathsOfDirectory(atPath: path)
        } catch {
            throw ManifestError("\(path): \(error)")
        }
        let names = found.filter { name in Self.extensions.contains { name.hasSuffix($0) } }.sorted()
        guard !names.isEmpty else { throw ManifestError("\(path): the directory has no .yaml, .yml or .json file") }
        return names.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
    }

    private func read(_ file: String) throws(ManifestError) -> [Manifest] {
        let bytes: [UInt8]
        do {
            let found =
                file == "-" ? try standardInput() : try BoundedFile.read(file, limit: YAMLLimits.default.bytes)
            guard let found else { throw ManifestError("\(file): no such file") }
            bytes = found
        } catch let error as ManifestError {
            throw error
        } catch {
            throw ManifestError("\(file == "-" ? "standard input" : file): cannot be read: \(error)")
        }
        let documents: [YAMLDocument]
        do {
            documents = try YAML.documents(bytes, source: file == "-" ? "standard input" : file)
        } catch {
            throw ManifestError("\(error)")
        }
        var manifests: [Manifest] = []
        for document in documents { manifests += try objects(in: document) }
        return manifests
    }

    private func objects(in document: YAMLDocument) throws(ManifestError) -> [Manifest] {
        // kubectl takes whatever has items for a list.
        guard let items = document.value["items"], document.value["kind"]?.stringValue?.isEmpty == false else {
            let isEmptyList = document.value["kind"] == "List" && document.value["metadata"]?["name"] == nil
            return isEmptyList ? [] : [try manifest(document.value, document, [])]
        }
        if items.isNull { return [] }
        guard let items = items.arrayValue else {
            let list = Manifest(object: DynamicObject(document.value), document: document, path: [])
            throw list.error(at: ["items"], "must be a list, not \(items.typeName)")
        }
        var manifests: [Manifest] = []
        for (index, item) in items.enumerated() {
            let value = Self.typed(item, asIn: document.value)
            manifests.append(try manifest(value, document, ["items", .index(index)]))
        }
        return manifests
    }

    /// An item with the type that its list tells, such as that of `PodList`, where the item tells none.
    private static func typed(_ item: JSONValue, asIn list: JSONValue) -> JSONValue {
        guard item.objectValue != nil, item["kind"]?.stringValue ?? "" == "",
            item["apiVersion"]?.stringValue ?? "" == "", let kind = list["kind"]?.stringValue, kind.hasSuffix("List"),
            kind != "List"
        else { return item }
        var item = item
        item["kind"] = .string(String(kind.dropLast(4)))
        item["apiVersion"] = list["apiVersion"]
        return item
    }

    private func manifest(_ value: JSONValue, _ document: YAMLDocument, _ path: FieldPath) throws(ManifestError)
        -> Manifest
    {
        var manifest = Manifest(object: DynamicObject(value), document: document, path: path)
        guard value.objectValue != nil else {
            throw manifest.error(at: [], "an object is expected, this is a \(value.typeName)")
        }
        for field in ["apiVersion", "kind"] where value[field]?.stringValue?.isEmpty != false {
            let found = value[field].flatMap { $0.isNull || $0 == "" ? nil : $0 }
            throw manifest.error(
                at: [.key(field)],
                found.map { "must be text, not \($0.typeName)" } ?? "missing; every object says what it is"
            )
        }
        if let (path, problem) = MetadataTypes.problem(in: value["metadata"] ?? [:]) {
            throw manifest.error(at: path, problem)
        }
        let mayBeNamedLater = defaultNamespace == nil && value[path: "metadata", "generateName"]?.stringValue != nil
        if manifest.object.name.isEmpty, !mayBeNamedLater {
            throw manifest.error(at: ["metadata", "name"], "missing")
        }
        guard let defaultNamespace else { return manifest }
        if Self.clusterScoped.contains(manifest.object.groupVersionKind.groupKind) {
            // API servers take no notice of one either.
            manifest.object.value[path: "metadata", "namespace"] = nil
        } else if manifest.object.namespace.isEmpty {
            manifest.object.value[path: "metadata", "namespace"] = .string(defaultNamespace)
        }
        return manifest
    }

    /// The cluster-scoped kinds that are read here.
    private static let clusterScoped: Set<GroupKind> = [
        APIResource.ingressClasses.groupKind, APIResource.namespaces.groupKind,
        APIResource.customResourceDefinitions.groupKind, APIResource.nodes.groupKind, Mesh.resource.groupKind,
        TrafficRoute.resource.groupKind,
    ]
}
