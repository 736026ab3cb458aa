import KubeModel

extension WebServer {
    /// The CustomResourceDefinition, found from the types.
    ///
    /// - Throws: ``SchemaError`` when the types contradict themselves, which the tests exclude.
    package static func definition() throws -> CustomResourceDefinition {
        CustomResourceDefinition(
            resource: resource,
            singular: "webserver",
            shortNames: ["ws"],
            categories: ["all"],
            columns: columns,
            schema: .object(
                "A web server: an image, made reachable by a Service and an Ingress, serving from a volume.",
                required: ["spec"],
                [
                    "metadata": metadataSchema,
                    "spec": try SchemaRecorder.schema(of: WebServerSpec.self).described(
                        "What the web server should be like."
                    ),
                    "status": try SchemaRecorder.schema(of: WebServerStatus.self).described(
                        "What the operator found out; written by it alone."
                    ),
                ]
            ),
            scale: .init(
                specReplicas: ".spec.replicas",
                statusReplicas: ".status.replicas",
                labelSelector: ".status.selector"
            )
        )
    }

    /// The Service has the WebServer's name, and Services have the strictest rule for names.
    private static var metadataSchema: JSONSchema {
        var name = JSONSchema(.string)
        name.pattern = NameRule.label1035Pattern
        name.maxLength = NameRule.maximumLabelLength
        return .object("", ["name": name])
    }

    private static var columns: [CustomResourceDefinition.PrinterColumn] {
        [
            .init(
                name: "Image",
                type: "string",
                description: "Image of the web server",
                jsonPath: ".spec.webServerImage"
            ),
            .init(name: "Ready", type: "integer", description: "Pods that serve", jsonPath: ".status.readyReplicas"),
            .init(
                name: "Pods",
                type: "integer",
                description: "Pods that exist",
                jsonPath: ".status.replicas",
                isWide: true
            ),
            .init(name: "URL", type: "string", description: "Where it can be reached", jsonPath: ".status.url"),
            .init(
                name: "Status",
                type: "string",
                description: "Why it is ready or not",
                jsonPath: #".status.conditions[?(@.type=="Ready")].reason"#
            ),
            .init(
                name: "Message",
                type: "string",
                description: "What to do about it",
                jsonPath: #".status.conditions[?(@.type=="Ready")].message"#,
                isWide: true
            ),
            .init(
                name: "Age",
                type: "date",
                description: "Time since it was created",
                jsonPath: ".metadata.creationTimestamp"
            ),
        ]
    }
}
