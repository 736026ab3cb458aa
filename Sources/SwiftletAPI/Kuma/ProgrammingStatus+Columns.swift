extension ProgrammingStatus {
    /// Columns of `kubectl get` that both kinds have.
    static var columns: [CustomResourceDefinition.PrinterColumn] {
        [
            .init(
                name: "Accepted",
                type: "string",
                description: "Whether the object is right and in use",
                jsonPath: #".status.conditions[?(@.type=="Accepted")].reason"#
            ),
            .init(
                name: "Programmed",
                type: "string",
                description: "Whether the proxies have taken the configuration on",
                jsonPath: #".status.conditions[?(@.type=="Programmed")].reason"#
            ),
            .init(
                name: "Acked",
                type: "integer",
                description: "Proxies that work with this configuration",
                jsonPath: ".status.proxies.acked"
            ),
            .init(
                name: "Proxies",
                type: "integer",
                description: "Connected proxies that the object concerns",
                jsonPath: ".status.proxies.total"
            ),
            .init(
                name: "Message",
                type: "string",
                description: "What to do about it",
                jsonPath: #".status.conditions[?(@.type=="Programmed")].message"#,
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
