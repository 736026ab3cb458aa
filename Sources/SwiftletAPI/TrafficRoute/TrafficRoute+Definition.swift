import JSON
import KubeModel

extension TrafficRoute {
    static let specSchema = Result { try SchemaRecorder.schema(of: TrafficRouteSpec.self).asProtobuf }

    /// The CustomResourceDefinition, found from the types.
    ///
    /// - Throws: ``SchemaError`` when the types contradict themselves, which the tests exclude.
    package static func definition() throws -> CustomResourceDefinition {
        var mesh = JSONSchema.text("Name of the mesh whose traffic this is about; default if empty.")
        mesh.maxLength = NameRule.maximumLabelLength
        mesh.defaultValue = .string(Mesh.defaultName)
        return CustomResourceDefinition(
            resource: resource,
            singular: "trafficroute",
            shortNames: [],
            categories: ["kuma"],
            columns: [
                .init(name: "Mesh", type: "string", description: "Whose traffic it is about", jsonPath: ".mesh")
            ] + ProgrammingStatus.columns,
            schema: .object(
                """
                Which share of the traffic from some services to others goes to which of their versions. Of all TrafficRoutes that match a \
                caller and a service, the one with the most specific selectors decides, and of equally specific ones the newest. Services \
                that no TrafficRoute matches get all of their traffic.
                """,
                required: ["spec"],
                [
                    "metadata": .object("", [:]),
                    "mesh": mesh,
                    "spec": try specSchema.get().described(
                        "Whose traffic to which services, and where it goes."
                    ),
                    "status": try SchemaRecorder.schema(of: ProgrammingStatus.self).described(
                        "What the operator found out; written by it alone."
                    ),
                ]
            ),
            scale: nil
        )
    }
}
