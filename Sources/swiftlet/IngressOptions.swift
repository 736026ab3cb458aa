import ArgumentParser
import SwiftletAPI

/// What WebServers may ask of ingress controllers.
struct IngressOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Annotation that spec.ingress.annotations of WebServers may have besides those on the standard list; given several times, or \
            separated by commas. A star at the end stands for the rest: example.com/*.
            """,
            valueName: "name"
        )
    )
    var allowedIngressAnnotations: [String] = []

    /// - Throws: `ValidationError`.
    var annotations: IngressAnnotations {
        get throws {
            do {
                return try IngressAnnotations(
                    more: allowedIngressAnnotations.flatMap { $0.split(separator: ",").map(String.init) }
                )
            } catch {
                throw ValidationError("--allowed-ingress-annotations: \(error)")
            }
        }
    }
}
