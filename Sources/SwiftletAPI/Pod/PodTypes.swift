/// One environment variable.
package typealias EnvVar = Verbatim<PodShapes.EnvVar>
/// All keys of a ConfigMap or Secret as environment variables.
package typealias EnvFromSource = Verbatim<PodShapes.EnvFromSource>
/// Requests and limits of a container.
package typealias ResourceRequirements = Verbatim<PodShapes.ResourceRequirements>
/// The name of an object in the same namespace.
package typealias LocalObjectReference = Verbatim<PodShapes.LocalObjectReference>
/// Lets pods run on nodes with a taint.
package typealias Toleration = Verbatim<PodShapes.Toleration>
/// Where pods may and should run.
package typealias Affinity = Verbatim<PodShapes.Affinity>
/// How pods are spread over nodes and zones.
package typealias TopologySpreadConstraint = Verbatim<PodShapes.TopologySpreadConstraint>
/// Privileges of the container.
package typealias SecurityContext = Verbatim<PodShapes.SecurityContext>
/// Privileges of all containers of the pod, and ownership of its volumes.
package typealias PodSecurityContext = Verbatim<PodShapes.PodSecurityContext>
/// How the kubelet asks a container how it is.
package typealias Probe = Verbatim<PodShapes.Probe>

/// When images are pulled.
package enum ImagePullPolicy: String, StringEnum {
    case always = "Always"
    case ifNotPresent = "IfNotPresent"
    case never = "Never"
}

/// The shapes of the parts of a pod template that are handed through.
package enum PodShapes {}
