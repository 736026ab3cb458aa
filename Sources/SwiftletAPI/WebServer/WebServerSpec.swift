import JSON

/// What a person wants of a web server.
///
/// A decoded spec is complete: fields with a default are never missing (``Default``). Fields that a manifest may leave out for good are
/// optional.
package struct WebServerSpec: SchemaObject {
    package var webServerImage: String
    @Default<Replicas> package var replicas: Int
    @Default<Port> package var port: Int
    package var command: [String]?
    package var args: [String]?
    package var env: [EnvVar]?
    package var envFrom: [EnvFromSource]?
    package var resources: ResourceRequirements?
    package var imagePullPolicy: ImagePullPolicy?
    package var imagePullSecrets: [LocalObjectReference]?
    package var serviceAccountName: String?
    package var nodeSelector: [String: String]?
    package var tolerations: [Toleration]?
    package var affinity: Affinity?
    package var topologySpreadConstraints: [TopologySpreadConstraint]?
    package var securityContext: SecurityContext?
    package var podSecurityContext: PodSecurityContext?
    @Default<Defaults.NoMembers> package var podLabels: [String: String]
    @Default<Defaults.NoMembers> package var podAnnotations: [String: String]
    package var livenessProbe: Probe?
    /// As the manifest has it; ``effectiveReadinessProbe`` is the one that pods get.
    package var readinessProbe: Probe?
    package var startupProbe: Probe?
    @Default<Service> package var service: ServiceSection
    package var ingress: IngressSection?
    package var persistentVolumeClaim: VolumeSection?
    @Default<Defaults.NoElements<ConfigSource>> package var configFrom: [ConfigSource]
    package var autoscaling: AutoscalingSection?
    package var disruptionBudget: DisruptionBudgetSection?
    @Default<Defaults.False> package var paused: Bool

    /// The least that a WebServer can be.
    package init(webServerImage: String) {
        self.webServerImage = webServerImage
    }

    package enum Replicas: DefaultValue { package static let value = 1 }
    package enum Port: DefaultValue { package static let value = 80 }
    package enum Service: DefaultValue {
        package static let value = ServiceSection()
        package static let isStatedInSchema = false
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case webServerImage, replicas, port, command, args, env, envFrom, resources, imagePullPolicy, imagePullSecrets
        case serviceAccountName, nodeSelector, tolerations, affinity, topologySpreadConstraints
        case securityContext, podSecurityContext, podLabels, podAnnotations
        case livenessProbe, readinessProbe, startupProbe
        case service, ingress, persistentVolumeClaim, configFrom, autoscaling, disruptionBudget, paused
    }
}

extension WebServerSpec {
    /// Without the empty texts that mean "not given" to Kubernetes, as templates leave them. An empty storageClass has a meaning of its own.
    var withoutEmptyTexts: WebServerSpec {
        func given(_ text: String?) -> String? { text?.isEmpty == true ? nil : text }
        var spec = self
        spec.serviceAccountName = given(serviceAccountName)
        if var ingress {
            ingress.host = given(ingress.host)
            ingress.ingressClass = given(ingress.ingressClass)
            if ingress.path.isEmpty { ingress.path = IngressSection.Root.value }
            spec.ingress = ingress
        }
        spec.persistentVolumeClaim?.subPath = given(persistentVolumeClaim?.subPath)
        for index in configFrom.indices { spec.configFrom[index].subPath = given(configFrom[index].subPath) }
        return spec
    }

    /// The probe that decides whether a pod receives traffic: the manifest's, or else GET / on ``port``.
    package var effectiveReadinessProbe: Probe {
        readinessProbe ?? ["httpGet": ["path": "/", "port": .int(Int64(port))]]
    }

    /// How many replicas the Deployment is told to have; `nil` when an autoscaler decides.
    package var fixedReplicas: Int? { autoscaling == nil ? replicas : nil }
}
