import JSON

extension WebServerSpec {
    /// Labels of pods that the operator sets itself.
    package static let reservedPodLabels: Set<String> = [
        "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component",
        "app.kubernetes.io/managed-by",
    ]

    /// What is wrong with this spec beyond what the schema already excludes.
    ///
    /// - Parameters:
    ///   - namespace: of the WebServer.
    ///   - allowed: the annotations that its Ingress may have.
    func validate(at path: FieldPath, namespace: String, allowed: IngressAnnotations) -> [FieldError] {
        let ofTheImage = ImageReferenceRule.problem(with: webServerImage).map {
            [FieldError(path.appending(key: "webServerImage"), $0)]
        }
        var errors = ofTheImage ?? []
        errors += podErrors(at: path)
        errors += environmentErrors(at: path.appending(key: "env"))
        errors += FieldRule.annotations(
            service.annotations,
            at: path.appending(key: "service").appending(key: "annotations")
        )
        errors +=
            ingress?.validate(at: path.appending(key: "ingress"), namespace: namespace, allowed: allowed) ?? []
        errors += persistentVolumeClaim?.validate(at: path.appending(key: "persistentVolumeClaim")) ?? []
        for (index, source) in configFrom.enumerated() {
            errors += source.validate(at: path.appending(key: "configFrom").appending(index: index))
        }
        errors += mountClashes(at: path)
        errors += autoscaling?.validate(at: path.appending(key: "autoscaling")) ?? []
        errors += disruptionBudget?.validate(at: path.appending(key: "disruptionBudget")) ?? []
        return errors + replicaWarnings(at: path)
    }

    private func podErrors(at path: FieldPath) -> [FieldError] {
        var errors = FieldRule.labels(podLabels, at: path.appending(key: "podLabels"))
        for label in Self.reservedPodLabels.sorted() where podLabels[label] != nil {
            errors.append(
                .warning(
                    path.appending(key: "podLabels").appending(key: label),
                    "is set by the operator itself; this value is ignored"
                )
            )
        }
        errors += FieldRule.annotations(podAnnotations, at: path.appending(key: "podAnnotations"))
        errors += FieldRule.labels(nodeSelector ?? [:], at: path.appending(key: "nodeSelector"))
        if let serviceAccountName {
            errors += FieldRule.name(serviceAccountName, at: path.appending(key: "serviceAccountName"))
        }
        return errors
    }

    private func environmentErrors(at path: FieldPath) -> [FieldError] {
        (env ?? []).enumerated().flatMap { index, variable -> [FieldError] in
            let path = path.appending(index: index)
            var errors: [FieldError] = []
            if let name = variable.json["name"]?.stringValue, name.contains("=") {
                errors.append(
                    FieldError(path.appending(key: "name"), "\"\(name)\" is not allowed: must not contain '='")
                )
            }
            if variable.json["valueFrom"] != nil, variable.json["value"]?.stringValue?.isEmpty == false {
                errors.append(FieldError(path, "has value and valueFrom: only one of them is possible"))
            }
            return errors
        }
    }

    /// Two things cannot be mounted at one place.
    private func mountClashes(at path: FieldPath) -> [FieldError] {
        var taken: [String: String] = [:]
        if let persistentVolumeClaim {
            taken[persistentVolumeClaim.mountPath.withoutTrailingSlash] = "persistentVolumeClaim"
        }
        return configFrom.enumerated().compactMap { index, source in
            let place = source.mountPath.withoutTrailingSlash
            if let other = taken[place] {
                let field = path.appending(key: "configFrom").appending(index: index).appending(key: "mountPath")
                return FieldError(field, "\"\(source.mountPath)\" is taken by \(other): choose another path")
            }
            taken[place] = "configFrom[\(index)]"
            return nil
        }
    }

    /// Settings that work together worse than they look.
    private func replicaWarnings(at path: FieldPath) -> [FieldError] {
        var warnings: [FieldError] = []
        let claim = path.appending(key: "persistentVolumeClaim")
        let most = autoscaling?.maxReplicas ?? replicas
        if let volume = persistentVolumeClaim, volume.createIfNotExists, most > 1, !volume.accessModes.allowManyNodes {
            warnings.append(
                .warning(
                    claim.appending(key: "accessModes"),
                    """
                    allows one node only, and there may be \(most) pods: those on other nodes will not start. Use ReadWriteMany, or one \
                    replica
                    """
                )
            )
        }
        if let autoscaling {
            // A stored object always has replicas: the server fills in the default.
            if replicas != Replicas.value {
                warnings.append(
                    .warning(
                        path.appending(key: "replicas"),
                        "is ignored with autoscaling: set autoscaling.minReplicas (\(autoscaling.minReplicas)) instead"
                    )
                )
            }
            if !requestsCPU {
                warnings.append(
                    .warning(
                        path.appending(key: "autoscaling").appending(key: "targetCPUUtilizationPercentage"),
                        "cannot be measured without resources.requests.cpu: the number of pods will not change"
                    )
                )
            }
        }
        return warnings
    }

    /// A limit stands in for a request that is not given.
    private var requestsCPU: Bool {
        resources?.json[path: "requests", "cpu"] != nil || resources?.json[path: "limits", "cpu"] != nil
    }
}

extension String {
    fileprivate var withoutTrailingSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
