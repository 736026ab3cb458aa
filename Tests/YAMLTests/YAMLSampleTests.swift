import JSON
import Testing
import YAML

/// Texts as people and kubectl write them, in kubectl's layout so that writing them gives the same text.
@Suite struct YAMLSampleTests {
    private static let kubeconfig = """
        apiVersion: v1
        clusters:
        - cluster:
            certificate-authority-data: LS0tLS1CRUdJTg==
            server: https://[::1]:6443
          name: kind-web
        contexts:
        - context:
            cluster: kind-web
            namespace: "1234"
            user: admin@kind-web
          name: kind-web
        current-context: kind-web
        kind: Config
        preferences: {}
        users:
        - name: admin@kind-web
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              args:
              - get-token
              - --cluster=web
              command: aws
              env: null
              interactiveMode: IfAvailable
              provideClusterInfo: false

        """

    private static let definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: webservers.web.phys.app
        spec:
          group: web.phys.app
          names:
            categories:
            - all
            kind: WebServer
            shortNames:
            - ws
          versions:
          - additionalPrinterColumns:
            - jsonPath: .status.conditions[?(@.type=="Ready")].status
              name: Ready
              type: string
            name: v1alpha1
            schema:
              openAPIV3Schema:
                properties:
                  replicas:
                    default: 1
                    description: |-
                      How many pods.

                      0: none, and "off" means nothing.
                    maximum: 2147483647
                    minimum: 0
                    type: integer
                  size:
                    anyOf:
                    - type: integer
                    - type: string
                    pattern: ^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))$
                    x-kubernetes-int-or-string: true
                  "y":
                    enum:
                    - "on"
                    - "off"
                    - "0755"
                    type: string
            served: true
            storage: true
            subresources:
              status: {}

        """

    @Test(arguments: [kubeconfig, definition])
    func `a text in kubectl's layout is written as it was read`(text: String) throws {
        let documents = try YAML.documents(Array(text.utf8), source: "test")
        #expect(YAML.text(documents: documents.map(\.value)) == text)
    }

    @Test func `several files in one stream keep their places`() throws {
        let text = Self.kubeconfig + "---\n" + Self.definition
        let documents = try YAML.documents(Array(text.utf8), source: "all.yaml")
        #expect(documents.map { $0.value["kind"] } == ["Config", "CustomResourceDefinition"])
        let path: FieldPath = [
            "spec", "versions", 0, "schema", "openAPIV3Schema", "properties", "replicas", "maximum",
        ]
        #expect(
            documents[1].error(at: path, "too large").description
                == "all.yaml:56:13: spec.versions[0].schema.openAPIV3Schema.properties.replicas.maximum: too large"
        )
    }
}
