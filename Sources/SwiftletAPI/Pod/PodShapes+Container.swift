extension PodShapes {
    package enum EnvVar: VerbatimShape {
        package static let schema = JSONSchema.object(
            "One environment variable: its name, and a value or where the value comes from.",
            required: ["name"],
            [
                "name": .text("Name of the variable.", minLength: 1),
                "value": .text(
                    "Value; $(OTHER) stands for the value of a variable defined before. Empty if not given."
                ),
                "valueFrom": valueSource,
            ]
        )

        private static let valueSource = JSONSchema.object(
            "Where the value comes from; not together with value.",
            [
                "configMapKeyRef": PodShapes.keyReference("A key of a ConfigMap in this namespace."),
                "secretKeyRef": PodShapes.keyReference("A key of a Secret in this namespace."),
                "fieldRef": .object(
                    "A field of the pod.",
                    required: ["fieldPath"],
                    [
                        "apiVersion": .text("API version that fieldPath is written for; v1 if not given."),
                        "fieldPath": .text("Path of the field, such as metadata.name or status.podIP."),
                    ]
                ).atomic(),
                "resourceFieldRef": .object(
                    "A resource limit or request of the container.",
                    required: ["resource"],
                    [
                        "containerName": .text("Container to read from; this one if not given."),
                        "divisor": .quantity("Unit of the value; 1 if not given."),
                        "resource": .text("Resource, such as limits.memory."),
                    ]
                ).atomic(),
            ]
        ).choosing("configMapKeyRef", "secretKeyRef", "fieldRef", "resourceFieldRef")
    }

    package enum EnvFromSource: VerbatimShape {
        package static let schema = JSONSchema.object(
            "A ConfigMap or Secret all of whose keys become environment variables.",
            [
                "prefix": .text("Put before each key."),
                "configMapRef": PodShapes.optionalReference("A ConfigMap in this namespace."),
                "secretRef": PodShapes.optionalReference("A Secret in this namespace."),
            ]
        ).choosing("configMapRef", "secretRef")
    }

    package enum ResourceRequirements: VerbatimShape {
        package static let schema = JSONSchema.object(
            "Compute resources of the container.",
            [
                "limits": .map(
                    "The most that the container may use, by resource: cpu, memory, ephemeral-storage and others.",
                    ResourceQuantity.schema
                ),
                "requests": .map(
                    "What is set aside for the container, by resource; the limits if not given.",
                    ResourceQuantity.schema
                ),
            ]
        )
    }

    package enum LocalObjectReference: VerbatimShape {
        package static let schema = JSONSchema.object(
            "An object in this namespace.",
            required: ["name"],
            ["name": .text("Name of the object.", minLength: 1)]
        ).atomic()
    }

    package enum SecurityContext: VerbatimShape {
        package static let schema = JSONSchema.object(
            "Privileges of a container; they take precedence over those of the pod.",
            [
                "allowPrivilegeEscalation": .flag("Whether a process may gain more privileges than its parent."),
                "appArmorProfile": PodShapes.profile("AppArmor profile."),
                "capabilities": .object(
                    "Linux capabilities added to and taken from those that the container runtime grants.",
                    [
                        "add": .texts("Capabilities added, such as NET_BIND_SERVICE."),
                        "drop": .texts("Capabilities taken away; ALL for all of them."),
                    ]
                ),
                "privileged": .flag("Whether the container has all privileges of the node's root."),
                "procMount": .text("How /proc is mounted.", oneOf: ["Default", "Unmasked"]),
                "readOnlyRootFilesystem": .flag("Whether the root file system cannot be written to."),
                "runAsGroup": .number("Group id of the processes.", in: 0...Int64(Int32.max)),
                "runAsNonRoot": .flag("Whether a container that would run as root is refused."),
                "runAsUser": .number("User id of the processes.", in: 0...Int64(Int32.max)),
                "seLinuxOptions": PodShapes.seLinuxOptions,
                "seccompProfile": PodShapes.profile("Seccomp profile."),
            ]
        )
    }
}

extension PodShapes {
    static func keyReference(_ description: String) -> JSONSchema {
        .object(
            description,
            required: ["name", "key"],
            [
                "name": .text("Name of the object.", minLength: 1),
                "key": .text("Key in the object.", minLength: 1),
                "optional": .flag("Whether the container starts without the object or the key."),
            ]
        ).atomic()
    }

    static func optionalReference(_ description: String) -> JSONSchema {
        .object(
            description,
            required: ["name"],
            [
                "name": .text("Name of the object.", minLength: 1),
                "optional": .flag("Whether the container starts without the object."),
            ]
        )
    }

    static func profile(_ description: String) -> JSONSchema {
        .object(
            description,
            required: ["type"],
            [
                "type": .text(
                    "Kind of profile: the container runtime's own, none, or one on the node.",
                    oneOf: ["RuntimeDefault", "Unconfined", "Localhost"]
                ),
                "localhostProfile": .text("Profile on the node; only with type Localhost."),
            ]
        )
    }

    static let seLinuxOptions = JSONSchema.object(
        "SELinux context.",
        [
            "level": .text("Level."), "role": .text("Role."), "type": .text("Type."), "user": .text("User."),
        ]
    )
}
