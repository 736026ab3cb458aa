import Injection
import KubeClient
import KubeModel
import KubeRuntime
import Testing
import WebServers

@testable import Operator

/// What a mesh without injection leaves alone.
struct InjectionSwitchTests {
    @Test(
        arguments: [
            (.answered, ["programming", "namespace", "slipped-pods", "trust-bundle"]),
            (.takenBack, ["programming", "trust-bundle"]),
            (.left, ["programming", "trust-bundle"]),
        ] as [(WebhookOptions.Use, [String])]
    )
    func namespacesAndPodsAreLookedAfterOnlyWherePodsAreInjected(use: WebhookOptions.Use, names: [String]) async throws
    {
        let controllers = try await ScriptedAPI.withClient(of: "http://127.0.0.1:1") { client in
            Self.mesh(client, injection: use).controllers.map(\.name)
        }
        #expect(controllers == names)
    }

    @Test(arguments: [(.answered, true), (.takenBack, false), (.left, false)] as [(WebhookOptions.Use, Bool)])
    func limitsOfNamespacesAreWatchedOnlyWherePodsAreInjected(use: WebhookOptions.Use, areWatched: Bool) async throws {
        let kinds = try await ScriptedAPI.withClient(of: "http://127.0.0.1:1") { client in
            let mesh = Self.mesh(client, injection: use)
            return Set((mesh.reflectors + mesh.limitReflectors).map(\.name))
        }
        #expect(kinds.contains("limitranges") == areWatched && kinds.contains("resourcequotas") == areWatched)
        #expect(kinds.contains("namespaces"))
    }

    private static func mesh(_ client: KubeClient, injection: WebhookOptions.Use) -> MeshOperator {
        let registry = PrometheusRegistry()
        var options = WebhookOptions(
            address: ListenAddress(host: "127.0.0.1", port: 0),
            service: ObjectKey(namespace: "ops", name: "swiftlet"),
            secret: ObjectKey(namespace: "ops", name: "swiftlet-certificates")
        )
        options.injection = injection
        return MeshOperator(
            client: client,
            options: MeshOptions(
                xdsAddress: ListenAddress(host: "127.0.0.1", port: 0),
                injector: { authority, port, serverName, isNative in
                    InjectorConfiguration(
                        sidecarImage: "envoy",
                        initImage: "swiftlet",
                        controlPlane: ControlPlaneEndpoint(
                            host: "127.0.0.1",
                            port: port,
                            serverName: serverName,
                            certificateAuthority: authority
                        ),
                        usesNativeSidecars: isNative
                    )
                }
            ),
            webhooks: WebhookOperator(
                client: client,
                options: options,
                servesProxies: true,
                reflecting: ReflectorOptions(),
                time: .system,
                metrics: registry,
                logger: TestCluster.silent
            ),
            cluster: ClusterFeatures(
                served: .current,
                streamsLists: false,
                runsNativeSidecars: false,
                evictionVersion: "v1",
                endpointSlices: nil
            ),
            reflecting: ReflectorOptions(),
            events: EventRecorder(
                sink: KubeEventSink(client: client),
                reporter: EventReporter(controller: "web.phys.app/swiftlet", instance: "tests"),
                metrics: registry,
                logger: TestCluster.silent
            ),
            time: .system,
            metrics: registry,
            logger: TestCluster.silent
        )
    }
}
