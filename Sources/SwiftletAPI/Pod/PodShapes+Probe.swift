extension PodShapes {
    package enum Probe: VerbatimShape {
        package static let schema = JSONSchema.object(
            "Asks the container how it is, by one of exec, grpc, httpGet and tcpSocket.",
            [
                "exec": .object(
                    "Runs a command in the container; 0 means well.",
                    ["command": .texts("Command and arguments; not run in a shell.")]
                ),
                "grpc": .object(
                    "Calls the gRPC health service.",
                    required: ["port"],
                    [
                        "port": .number("Port number.", in: 1...65535),
                        "service": .text("Service to ask about."),
                    ]
                ),
                "httpGet": httpGet,
                "tcpSocket": .object(
                    "Opens a TCP connection.",
                    required: ["port"],
                    [
                        "host": .text("Host to connect to; the pod if not given."),
                        "port": .intOrString("Port number, or name of a port of the container."),
                    ]
                ),
                "initialDelaySeconds": .number(
                    "Seconds from the container's start to the first probe.",
                    in: seconds(0)
                ),
                "periodSeconds": .number("Seconds between probes; 10 if not given.", in: seconds(1)),
                "timeoutSeconds": .number("Seconds until a probe counts as failed; 1 if not given.", in: seconds(1)),
                "successThreshold": .number("Successes in a row that mean well again; 1 if not given.", in: seconds(1)),
                "failureThreshold": .number("Failures in a row that mean unwell; 3 if not given.", in: seconds(1)),
                "terminationGracePeriodSeconds": .number(
                    "Seconds a container that failed has to end; the pod's own period if not given.",
                    in: seconds(1)
                ),
            ]
        ).choosing("exec", "grpc", "httpGet", "tcpSocket")

        private static let httpGet = JSONSchema.object(
            "Sends an HTTP request; 200 to 399 means well.",
            required: ["port"],
            [
                "host": .text("Host to connect to; the pod if not given."),
                "path": .text("Path of the request; / if not given."),
                "port": .intOrString("Port number, or name of a port of the container."),
                "scheme": .text("HTTP if not given.", oneOf: ["HTTP", "HTTPS"]),
                "httpHeaders": .list(
                    "Further headers of the request.",
                    .object(
                        "One header.",
                        required: ["name", "value"],
                        ["name": .text("Name of the header."), "value": .text("Value of the header.")]
                    )
                ),
            ]
        )

        private static func seconds(_ minimum: Int64) -> ClosedRange<Int64> { minimum...Int64(Int32.max) }
    }
}
