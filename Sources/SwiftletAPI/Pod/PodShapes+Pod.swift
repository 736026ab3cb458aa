extension PodShapes {
    package enum PodSecurityContext: VerbatimShape {
        package static let schema = JSONSchema.object(
            "Privileges of all containers of the pod, and ownership of its volumes.",
            [
                "appArmorProfile": PodShapes.profile("AppArmor profile."),
                "fsGroup": .number("Group id that owns the volumes.", in: 0...Int64(Int32.max)),
                "fsGroupChangePolicy": .text(
                    "Whether ownership is set at every start or only when the volume's root differs.",
                    oneOf: ["Always", "OnRootMismatch"]
                ),
                "runAsGroup": .number("Group id of the processes.", in: 0...Int64(Int32.max)),
                "runAsNonRoot": .flag("Whether containers that would run as root are refused."),
                "runAsUser": .number("User id of the processes.", in: 0...Int64(Int32.max)),
                "seLinuxChangePolicy": .text(
                    "How volumes get their SELinux label.",
                    oneOf: ["Recursive", "MountOption"]
                ),
                "seLinuxOptions": PodShapes.seLinuxOptions,
                "seccompProfile": PodShapes.profile("Seccomp profile."),
                "supplementalGroups": .list("Further group ids of the processes.", JSONSchema(.integer)),
                "supplementalGroupsPolicy": .text(
                    "Whether the groups of the image count too.",
                    oneOf: ["Merge", "Strict"]
                ),
                "sysctls": .list(
                    "Kernel parameters of the pod's namespaces.",
                    .object(
                        "One parameter.",
                        required: ["name", "value"],
                        ["name": .text("Name of the parameter."), "value": .text("Value of the parameter.")]
                    )
                ),
            ]
        )
    }
}
