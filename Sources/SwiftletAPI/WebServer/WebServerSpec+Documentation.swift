extension WebServerSpec {
    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .webServerImage:
            FieldDocumentation("Image of the web server, such as nginx or registry.example.com/team/site:1.2.")
                .nonEmpty()
        case .replicas:
            FieldDocumentation(
                """
                Number of pods. 0 stops the web server and keeps everything else. Ignored while autoscaling is set: the autoscaler then \
                decides. kubectl scale changes this field.
                """
            ).count(from: 0)
        case .port:
            FieldDocumentation("Port that the web server listens on inside its container.").port()
        case .command:
            FieldDocumentation("Replaces the entrypoint of the image. Not run in a shell.").list(.atomic)
        case .args:
            FieldDocumentation("Replaces the arguments of the image's entrypoint.").list(.atomic)
        case .env:
            FieldDocumentation("Environment variables of the container.").list(.map(keys: ["name"]))
        case .envFrom:
            FieldDocumentation(
                "ConfigMaps and Secrets all of whose keys become environment variables. env takes precedence."
            ).list(.atomic)
        case .resources:
            FieldDocumentation(
                "CPU, memory and other resources of the container. Autoscaling by CPU utilization needs requests.cpu."
            )
        case .imagePullPolicy:
            FieldDocumentation(
                "When the image is pulled. Kubernetes takes Always for images tagged latest or not at all, else IfNotPresent."
            )
        case .imagePullSecrets:
            FieldDocumentation("Secrets in this namespace with credentials of the image's registry.")
                .list(.map(keys: ["name"]))
        case .serviceAccountName:
            FieldDocumentation("Service account that the pods run as; the namespace's default if not given.")
        case .nodeSelector:
            FieldDocumentation("Labels that a node must have to run the pods.").atomic()
        case .tolerations:
            FieldDocumentation("Taints of nodes that the pods put up with.").list(.atomic)
        case .affinity:
            FieldDocumentation("Which nodes, and the neighbourhood of which pods, the pods need, prefer or avoid.")
        case .topologySpreadConstraints:
            FieldDocumentation("How the pods are spread over nodes, zones and the like.")
                .list(.map(keys: ["topologyKey", "whenUnsatisfiable"]))
        case .securityContext:
            FieldDocumentation("Privileges of the container.")
        case .podSecurityContext:
            FieldDocumentation("Privileges of the pod and ownership of its volumes.")
        case .podLabels:
            FieldDocumentation("Further labels of the pods. Labels that the operator sets itself cannot be changed.")
        case .podAnnotations:
            FieldDocumentation("Further annotations of the pods. A change rolls the pods.")
        case .livenessProbe:
            FieldDocumentation("A container that fails this probe is restarted. None if not given.")
        case .readinessProbe:
            FieldDocumentation(
                "Pods receive traffic only while they pass this probe. GET / on port if not given."
            )
        case .startupProbe:
            FieldDocumentation("Holds back the other probes until it has passed once. None if not given.")
        case .service:
            FieldDocumentation("The Service in front of the pods. There always is one.")
        case .ingress:
            FieldDocumentation("The Ingress that leads traffic from outside to the Service. None if not given.")
        case .persistentVolumeClaim:
            FieldDocumentation(
                "A volume that the pods serve from. Deleting the WebServer never deletes the claim. None if not given."
            )
        case .configFrom:
            FieldDocumentation(
                "ConfigMaps and Secrets mounted as files. The pods are rolled when the content changes."
            ).list(.map(keys: ["mountPath"]))
        case .autoscaling:
            FieldDocumentation(
                "A HorizontalPodAutoscaler that decides the number of pods. None if not given, and replicas counts."
            )
        case .disruptionBudget:
            FieldDocumentation(
                "A PodDisruptionBudget that limits how many pods node drains may take at once. None if not given."
            )
        case .paused:
            FieldDocumentation(
                "While true, the operator leaves all objects of this WebServer as they are; only the status is kept up to date."
            )
        }
    }
}
