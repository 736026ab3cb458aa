import JSON
import KubeModel

/// What the API server is told about a kind of ours.
package struct CustomResourceDefinition: Hashable, Sendable {
    package var resource: APIResource
    package var singular: String
    package var shortNames: [String]
    package var categories: [String]
    package var columns: [PrinterColumn]
    /// The schema of whole objects, without `apiVersion` and `kind`.
    package var schema: JSONSchema
    /// `nil` for a kind that cannot be scaled.
    package var scale: ScalePaths?

    /// Where the scale subresource finds its fields, as JSON paths.
    package struct ScalePaths: Hashable, Sendable {
        package var specReplicas: String
        package var statusReplicas: String
        package var labelSelector: String
    }

    /// One column of `kubectl get`.
    package struct PrinterColumn: Hashable, Sendable {
        package var name: String
        /// `string`, `integer` or `date`.
        package var type: String
        package var description: String
        package var jsonPath: String
        /// Shown by `-o wide` only.
        package var isWide = false
    }

    /// The name of the definition and the stem of its file.
    package var name: String { "\(resource.plural).\(resource.group)" }

    /// `web.phys.app_webservers.yaml`, as controller tools name such files.
    package var fileName: String { "\(resource.group)_\(resource.plural).yaml" }
}

extension CustomResourceDefinition {
    /// The definition as an object of `apiextensions.k8s.io/v1`.
    package var json: JSONValue {
        [
            "apiVersion": .string(APIResource.customResourceDefinitions.apiVersion),
            "kind": .string(APIResource.customResourceDefinitions.kind),
            "metadata": [
                "name": .string(name),
                "labels": ["app.kubernetes.io/name": "swiftlet", "app.kubernetes.io/part-of": "swiftlet"],
            ],
            "spec": [
                "group": .string(resource.group),
                "names": names,
                "scope": .string(resource.isNamespaced ? "Namespaced" : "Cluster"),
                "versions": [version],
            ],
        ]
    }

    /// Without empty lists, which the server does not store: a manifest that has them differs from the object for ever.
    private var names: JSONValue {
        .compact([
            "kind": .string(resource.kind),
            "listKind": .string("\(resource.kind)List"),
            "plural": .string(resource.plural),
            "singular": .string(singular),
            "shortNames": shortNames.isEmpty ? nil : .strings(shortNames),
            "categories": categories.isEmpty ? nil : .strings(categories),
        ])
    }

    private var version: JSONValue {
        var subresources: JSONValue = ["status": [:]]
        if let scale {
            subresources["scale"] = [
                "specReplicasPath": .string(scale.specReplicas),
                "statusReplicasPath": .string(scale.statusReplicas),
                "labelSelectorPath": .string(scale.labelSelector),
            ]
        }
        return .compact([
            "name": .string(resource.version),
            "served": true,
            "storage": true,
            "schema": ["openAPIV3Schema": objectSchema.json],
            "subresources": subresources,
            "additionalPrinterColumns": columns.isEmpty ? nil : .array(columns.map(\.json)),
        ])
    }

    /// ``schema`` with what every object has.
    package var objectSchema: JSONSchema {
        guard case .object(var properties, let required) = schema.structure else { return schema }
        properties["apiVersion"] = .text("Version of the schema that this object is written in.")
        properties["kind"] = .text("Kind of the object.")
        var result = schema
        result.structure = .object(properties: properties, required: required)
        return result
    }
}

extension CustomResourceDefinition.PrinterColumn {
    fileprivate var json: JSONValue {
        var column: JSONValue = [
            "name": .string(name), "type": .string(type), "description": .string(description),
            "jsonPath": .string(jsonPath),
        ]
        if isWide { column["priority"] = 1 }
        return column
    }
}
