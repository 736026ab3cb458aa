import Dataplanes
import EnvoyConfig
import Testing

struct NameTests {
    @Test(arguments: [
        (["kuma.io/service": "db", "role": "master"], "db-f7d9086d4169338b"),
        (["kuma.io/service": "web_shop_svc_80"], "web_shop_svc_80"),
    ])
    func clusters(tags: [String: String], name: String) {
        #expect(Tags(tags).clusterName == name)
    }

    @Test func eachTagSetHasItsOwnCluster() {
        let versions: [Tags] = [
            ["kuma.io/service": "db", "version": "v1"], ["kuma.io/service": "db", "version": "v2"],
            ["kuma.io/service": "db", "version": "v1", "zone": "a"], ["kuma.io/service": "db"],
        ]
        #expect(Set(versions.map(\.clusterName)).count == 4)
    }

    @Test func addresses() {
        #expect(ResourceName.outboundListener("10.0.0.1", 80) == "outbound:10.0.0.1:80")
        #expect(ResourceName.inboundListener("fd00::1", 80) == "inbound:[fd00::1]:80")
    }
}
