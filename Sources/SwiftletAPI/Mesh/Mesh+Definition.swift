import KubeModel

extension Mesh {
    static let specSchema = Result { try SchemaRecorder.schema(of: MeshSpec.self).asProtobuf }

    /// The CustomResourceDefinition, found from the types.
    ///
    /// - Throws: ``SchemaError`` when the types contradict themselves, which the tests exclude.
    package static func definition() throws -> CustomResourceDefinition {
        CustomResourceDefinition(
            resource: resource,
            singular: "mesh",
            shortNames: [],
            categories: ["kuma"],
            columns: ProgrammingStatus.columns,
            schema: .object(
                """
                Which proxies belong together, and what holds for all of them. Fields that are accepted but have no effect yet are named in \
                the condition Accepted.
                """,
                [
                    "metadata": .object("", [:]),
                    "spec": try specSchema.get().described("What holds for the mesh."),
                    "status": try SchemaRecorder.schema(of: ProgrammingStatus.self).described(
                        "What the operator found out; written by it alone."
                    ),
                ]
            ),
            scale: nil
        )
    }
}
