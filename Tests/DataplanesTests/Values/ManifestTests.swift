import JSON
import KubeModel
import Testing
import YAML

@testable import Dataplanes

@Suite struct ManifestTests {
    @Test func manifestIsKumasForm() throws {
        var dataplane = Dataplane(
            key: ObjectKey(namespace: "shop", name: "web-1"),
            uid: UID("u"),
            mesh: "default",
            address: "10.1.0.1",
            inbounds: [
                Inbound(
                    port: 8080,
                    name: "http",
                    tags: ["kuma.io/service": "web_shop_svc_80", "kuma.io/protocol": "http"],
                    state: .ready
                ),
                Inbound(port: 9090, tags: ["kuma.io/service": "web_shop_svc_90"], state: .ignored),
            ]
        )
        #expect(
            YAML.text(dataplane.manifest) == """
                apiVersion: kuma.io/v1alpha1
                kind: Dataplane
                mesh: default
                metadata:
                  name: web-1
                  namespace: shop
                spec:
                  networking:
                    address: 10.1.0.1
                    inbound:
                    - health:
                        ready: true
                      name: http
                      port: 8080
                      protocol: http
                      tags:
                        kuma.io/protocol: http
                        kuma.io/service: web_shop_svc_80
                    - health: {}
                      port: 9090
                      protocol: tcp
                      state: Ignored
                      tags:
                        kuma.io/service: web_shop_svc_90

                """
        )
        dataplane.inbounds = []
        dataplane.gateway = ["kuma.io/service": "edge_shop_svc_443"]
        #expect(
            dataplane.manifest[path: "spec", "networking"] == [
                "address": "10.1.0.1", "gateway": ["tags": ["kuma.io/service": "edge_shop_svc_443"]],
            ]
        )
    }
}
