import JSON
import KubeModel
import Testing

@testable import SwiftletAPI

struct CustomResourceDefinitionTests {
    /// Every schema below `schema`, with its path.
    private static func walk(_ schema: JSONSchema, _ path: FieldPath = []) -> [(path: FieldPath, schema: JSONSchema)] {
        let below: [(path: FieldPath, schema: JSONSchema)] =
            switch schema.structure {
            case .object(let properties, _):
                properties.sorted { $0.key < $1.key }.flatMap { walk($0.value, path.appending(key: $0.key)) }
            case .map(let element): walk(element, path.appending(key: "*"))
            case .array(let element): walk(element, path.appending(key: "-"))
            default: []
            }
        return [(path, schema)] + below
    }

    private static func schemas() throws -> [(path: FieldPath, schema: JSONSchema)] {
        try CustomResourceDefinitions.all().flatMap { walk($0.schema) }
    }

    @Test func `Every field is described`() throws {
        for (path, schema) in try Self.schemas() {
            let isField =
                path.elements.last.map { $0 != "*" && $0 != "-" && path.elements.first != "metadata" } ?? false
            if isField { #expect(!schema.description.isEmpty, "\(path)") }
        }
    }

    /// The server does not store them, so that tools that compare would see a difference for ever.
    @Test func `A definition has no empty list`() throws {
        func emptyLists(_ value: JSONValue, _ path: FieldPath) -> [FieldPath] {
            switch value {
            case .array(let elements) where elements.isEmpty: [path]
            case .array(let elements): elements.enumerated().flatMap { emptyLists($1, path.appending(index: $0)) }
            case .object(let members): members.flatMap { emptyLists($1, path.appending(key: $0)) }
            default: []
            }
        }
        for definition in try CustomResourceDefinitions.all() {
            #expect(emptyLists(definition.json, []) == [], "\(definition.name)")
        }
    }

    @Test func `Defaults are values of their own schema`() throws {
        var count = 0
        for (path, schema) in try Self.schemas() {
            guard let value = schema.defaultValue else { continue }
            count += 1
            #expect(try schema.check(value).isEmpty, "\(path)")
        }
        #expect(count > 10)
    }

    /// A merge patch replaces lists whole, so that each `kubectl apply` would take such a default away and the server bring it back.
    @Test func `No default is stated inside a list`() throws {
        for (path, schema) in try Self.schemas() where path.elements.contains("-") {
            #expect(schema.defaultValue == nil, "\(path)")
        }
    }

    /// API servers refuse a definition otherwise.
    @Test func `Keys of list maps are required texts or numbers of the elements`() throws {
        for (path, schema) in try Self.schemas() {
            guard case .map(let keys) = schema.listType else { continue }
            guard case .array(let element) = schema.structure,
                case .object(let properties, let required) = element.structure
            else {
                Issue.record("\(path) is no list of objects")
                continue
            }
            for key in keys {
                #expect(required.contains(key), "\(path)")
                #expect(properties[key]?.structure == .string, "\(path)")
            }
        }
    }

    @Test func `Only what structural schemas may hold since Kubernetes 1.20 is used`() throws {
        let allowed: Set<String> = [
            "type", "description", "format", "pattern", "enum", "minimum", "maximum", "minLength", "maxLength",
            "minItems", "maxProperties",
            "default", "properties", "required", "additionalProperties", "items", "oneOf", "x-kubernetes-int-or-string",
            "x-kubernetes-preserve-unknown-fields", "x-kubernetes-list-type", "x-kubernetes-list-map-keys",
            "x-kubernetes-map-type",
        ]
        for (path, schema) in try Self.schemas() {
            #expect(Set((schema.json.objectValue ?? [:]).keys).isSubset(of: allowed), "\(path)")
        }
    }

    @Test func `Patterns are regular expressions`() throws {
        for (_, schema) in try Self.schemas() {
            if let pattern = schema.pattern { _ = try Regex(pattern) }
        }
    }

    @Test func `The status is no part of what a person must write, and the scale is found`() throws {
        let json = try WebServer.definition().json
        let version = json[path: "spec", "versions"]?[0]
        #expect(version?[path: "schema", "openAPIV3Schema", "required"] == ["spec"])
        #expect(
            version?["subresources"] == [
                "status": [:],
                "scale": [
                    "specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas",
                    "labelSelectorPath": ".status.selector",
                ],
            ]
        )
        // `kubectl scale` needs the field to be there.
        #expect(
            version?[path: "schema", "openAPIV3Schema", "properties", "spec", "properties", "replicas", "default"] == 1
        )
        #expect(json[path: "metadata", "name"] == "webservers.web.phys.app")
        #expect(json[path: "spec", "names", "shortNames"] == ["ws"])
    }

    private static let structs: [any SchemaObject.Type] = [
        WebServerSpec.self, WebServerStatus.self, ServiceSection.self, IngressSection.self, IngressTLSSection.self,
        VolumeSection.self, ConfigSource.self, ConfigReference.self, ConfigItem.self, AutoscalingSection.self,
        DisruptionBudgetSection.self,
        ProgrammingStatus.self, ProxyCounts.self,
        TrafficRouteSpec.self, TrafficRouteSource.self, TrafficRouteDestination.self, TrafficRouteConf.self,
        TrafficRouteSplit.self, LoadBalancerSection.self, LeastRequestSection.self, RingHashSection.self,
        TrafficRouteHTTP.self, RequestMatchSection.self, TextMatchSection.self, RequestModifySection.self,
        PathModifySection.self, HostModifySection.self, RegexSubstitutionSection.self, HeadersModifySection.self,
        HeaderAddition.self, HeaderRemoval.self,
        MeshSpec.self, MTLSSection.self, CertificateAuthorityBackend.self, DataplaneCertificateSection.self,
        CertificateRotationSection.self, RootChainSection.self, TracingSection.self, TracingBackend.self,
        LoggingSection.self, LoggingBackend.self, MetricsSection.self, MetricsBackend.self, NetworkingSection.self,
        OutboundSection.self, RoutingSection.self, ConstraintsSection.self, DataplaneConstraintsSection.self,
        ConstraintRule.self, MeshServicesSection.self,
    ]

    /// An optional property without a coding key would compile and never be read.
    @Test func `Every stored property has a coding key`() throws {
        for type in Self.structs { try Self.expectKeysMatchProperties(type) }
    }

    private static func expectKeysMatchProperties<T: SchemaObject>(_ type: T.Type) throws {
        let value = try SchemaRecorder.record(type).value
        let properties = Mirror(reflecting: value).children.compactMap(\.label).map { label in
            label.hasPrefix("_") ? String(label.dropFirst()) : label
        }
        #expect(Set(properties) == Set(type.CodingKeys.allCases.map(\.stringValue)), "\(type)")
    }

    @Test func `The files in crds are those that the types give`() throws {
        for file in try CustomResourceDefinitions.files() {
            let isFresh = try Repository.text(of: "crds/\(file.name)") == file.text
            #expect(isFresh, "crds/\(file.name) is stale: run swiftlet crds")
        }
    }
}
