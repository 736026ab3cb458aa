import JSON

extension SidecarInjector {
    /// Adds a sidecar to the pods of any workload: Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job,
    /// CronJob, PodTemplate, and Lists of them. Other kinds pass through unchanged.
    ///
    /// - Parameters:
    ///   - namespace: of the objects, by name; the metadata of one that has none in its manifest is asked for with an empty name.
    ///   - drainToken: see ``inject(pod:namespace:drainToken:)``; all pods of a workload share it.
    /// - Throws: ``InjectionError`` naming the workload; a List is all or nothing.
    package func inject(
        manifest: JSONValue,
        namespace: (String) -> NamespaceMetadata,
        drainToken: String
    ) throws(InjectionError) -> InjectionOutcome {
        try inject(manifest: manifest, namespace: namespace, drainToken: drainToken, depth: 0)
    }

    private func inject(
        manifest: JSONValue,
        namespace: (String) -> NamespaceMetadata,
        drainToken: String,
        depth: Int
    ) throws(InjectionError) -> InjectionOutcome {
        let kind = manifest["kind"]?.stringValue ?? ""
        if kind.hasSuffix("List"), let items = manifest["items"]?.arrayValue, depth < 8 {
            return try inject(list: manifest, items, namespace: namespace, drainToken: drainToken, depth: depth)
        }
        guard let path = Self.podPath(kind: kind, apiVersion: manifest["apiVersion"]?.stringValue ?? "") else {
            return InjectionOutcome(object: manifest, action: .notAWorkload, warnings: [])
        }
        let metadata = manifest["metadata"]
        let name = metadata?["namespace"]?.stringValue ?? ""
        let own =
            metadata?["name"]?.stringValue ?? metadata?["generateName"]?.stringValue.map { $0 + "*" }
            ?? "without a name"
        let object = "\(kind) \(name.isEmpty ? "" : name + "/")\(own)"
        guard let template = manifest[path: path], case .object = template else {
            // Not a workload that the API server takes; it knows best what to say about it.
            return InjectionOutcome(object: manifest, action: .skipped(.notRequested), warnings: [])
        }
        let pod = PodObject(template, object: object, path: FieldPath(path.map { .key($0) }))
        var outcome = try inject(pod, namespace: namespace(name), drainToken: drainToken)
        var injected = manifest
        injected[path: path] = outcome.object
        outcome.object = injected
        return outcome
    }

    private func inject(
        list: JSONValue,
        _ items: [JSONValue],
        namespace: (String) -> NamespaceMetadata,
        drainToken: String,
        depth: Int
    ) throws(InjectionError) -> InjectionOutcome {
        var result = InjectionOutcome(object: list, action: .notAWorkload, warnings: [])
        var injected: [JSONValue] = []
        for item in items {
            let outcome = try inject(
                manifest: item,
                namespace: namespace,
                drainToken: drainToken,
                depth: depth + 1
            )
            injected.append(outcome.object)
            result.warnings += outcome.warnings
            result.action = result.action.combined(with: outcome.action)
        }
        result.object["items"] = .array(injected)
        return result
    }

    /// Where pods lie in an object of this kind; `nil` for kinds without pods.
    private static func podPath(kind: String, apiVersion: String) -> [String]? {
        let group = apiVersion.lastIndex(of: "/").map { String(apiVersion[..<$0]) } ?? ""
        switch (group, kind) {
        case ("", "Pod"): return []
        case ("", "PodTemplate"): return ["template"]
        case ("", "ReplicationController"), ("batch", "Job"),
            ("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"), ("apps", "ReplicaSet"),
            ("extensions", "Deployment"), ("extensions", "DaemonSet"), ("extensions", "ReplicaSet"):
            return ["spec", "template"]
        case ("batch", "CronJob"): return ["spec", "jobTemplate", "spec", "template"]
        default: return nil
        }
    }
}

extension InjectionOutcome.Action {
    /// Of a list: the first that was injected, else the first that was skipped.
    fileprivate func combined(with other: InjectionOutcome.Action) -> InjectionOutcome.Action {
        switch (self, other) {
        case (.injected, _): self
        case (_, .injected): other
        case (.notAWorkload, _): other
        default: self
        }
    }
}
