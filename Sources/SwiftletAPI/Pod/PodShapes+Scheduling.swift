extension PodShapes {
    package enum Toleration: VerbatimShape {
        package static let schema = JSONSchema.object(
            "Lets pods run on nodes with a matching taint.",
            [
                "key": .text("Key of the taint; all keys if not given, with operator Exists."),
                "operator": .text(
                    "How value is compared; Equal if not given.",
                    oneOf: ["Equal", "Exists", "Lt", "Gt"]
                ),
                "value": .text("Value of the taint; none with operator Exists."),
                "effect": .text(
                    "Effect of the taint; all effects if not given.",
                    oneOf: ["NoSchedule", "PreferNoSchedule", "NoExecute"]
                ),
                "tolerationSeconds": .number("Seconds a pod stays after a NoExecute taint; for ever if not given."),
            ]
        )
    }

    package enum TopologySpreadConstraint: VerbatimShape {
        package static let schema = JSONSchema.object(
            "How evenly pods are spread over the values of a node label.",
            required: ["maxSkew", "topologyKey", "whenUnsatisfiable"],
            [
                "labelSelector": PodShapes.labelSelector("Which pods are counted."),
                "matchLabelKeys": .texts("Labels of the pod whose values the pods counted must share."),
                "maxSkew": .number("How much the counts may differ.", in: 1...Int64(Int32.max)),
                "minDomains": .number("Fewest values of the label to spread over.", in: 1...Int64(Int32.max)),
                "nodeAffinityPolicy": .text(
                    "Whether nodes that the pod's affinity excludes count.",
                    oneOf: ["Honor", "Ignore"]
                ),
                "nodeTaintsPolicy": .text("Whether nodes with taints count.", oneOf: ["Honor", "Ignore"]),
                "topologyKey": .text("The node label, such as topology.kubernetes.io/zone.", minLength: 1),
                "whenUnsatisfiable": .text(
                    "What happens to a pod that fits nowhere: it waits, or runs anyway.",
                    oneOf: ["DoNotSchedule", "ScheduleAnyway"]
                ),
            ]
        )
    }

    package enum Affinity: VerbatimShape {
        package static let schema = JSONSchema.object(
            "Which nodes and which neighbours the pods need, prefer or avoid.",
            [
                "nodeAffinity": node,
                "podAffinity": PodShapes.podAffinity("Pods to run close to."),
                "podAntiAffinity": PodShapes.podAffinity("Pods to keep away from."),
            ]
        )

        private static let node = JSONSchema.object(
            "Nodes to run on.",
            [
                "requiredDuringSchedulingIgnoredDuringExecution": .object(
                    "Only nodes that match one of the terms.",
                    required: ["nodeSelectorTerms"],
                    ["nodeSelectorTerms": .list("The terms.", term("All of it must match."))]
                ).atomic(),
                "preferredDuringSchedulingIgnoredDuringExecution": .list(
                    "Rather nodes that match.",
                    .object(
                        "A term and how much it counts.",
                        required: ["preference", "weight"],
                        [
                            "preference": term("All of it must match."),
                            "weight": .number("How much a match counts.", in: 1...100),
                        ]
                    )
                ),
            ]
        )

        private static func term(_ description: String) -> JSONSchema {
            .object(
                description,
                [
                    "matchExpressions": .list("What labels of the node must be like.", requirement),
                    "matchFields": .list("What fields of the node must be like; metadata.name only.", requirement),
                ]
            ).atomic()
        }

        private static let requirement = JSONSchema.object(
            "What one label or field must be like.",
            required: ["key", "operator"],
            [
                "key": .text("Name of the label or field."),
                "operator": .text(
                    "How it is compared with values.",
                    oneOf: ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]
                ),
                "values": .texts("Values to compare with."),
            ]
        )
    }
}

extension PodShapes {
    fileprivate static func podAffinity(_ description: String) -> JSONSchema {
        let term = JSONSchema.object(
            "Which pods, and what counts as close.",
            required: ["topologyKey"],
            [
                "labelSelector": labelSelector("Which pods."),
                "matchLabelKeys": .texts("Labels whose values the pods must share with this one."),
                "mismatchLabelKeys": .texts("Labels whose values the pods must not share with this one."),
                "namespaceSelector": labelSelector("In which namespaces, besides namespaces."),
                "namespaces": .texts("In which namespaces; this one if not given."),
                "topologyKey": .text("Nodes are close that share the value of this label.", minLength: 1),
            ]
        )
        return .object(
            description,
            [
                "requiredDuringSchedulingIgnoredDuringExecution": .list("Necessary.", term),
                "preferredDuringSchedulingIgnoredDuringExecution": .list(
                    "Preferred.",
                    .object(
                        "A term and how much it counts.",
                        required: ["podAffinityTerm", "weight"],
                        [
                            "podAffinityTerm": term,
                            "weight": .number("How much a match counts.", in: 1...100),
                        ]
                    )
                ),
            ]
        )
    }

    static func labelSelector(_ description: String) -> JSONSchema {
        .object(
            description,
            [
                "matchLabels": .map("Labels that must be there with these values."),
                "matchExpressions": .list(
                    "What labels must be like.",
                    .object(
                        "What one label must be like.",
                        required: ["key", "operator"],
                        [
                            "key": .text("Name of the label."),
                            "operator": .text(
                                "How it is compared with values.",
                                oneOf: ["In", "NotIn", "Exists", "DoesNotExist"]
                            ),
                            "values": .texts("Values to compare with."),
                        ]
                    )
                ),
            ]
        ).atomic()
    }
}
