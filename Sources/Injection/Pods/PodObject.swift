import JSON

/// A pod, or the template of pods in a workload, as JSON; whatever injection does not know stays as it is.
struct PodObject {
    var value: JSONValue
    /// For errors: the object as a user knows it.
    let object: String
    /// Where the pod lies in that object.
    let path: FieldPath

    init(_ value: JSONValue, object: String, path: FieldPath = []) {
        self.value = value
        self.object = object
        self.path = path
    }

    /// A pod as it is admitted, when it may have no name yet.
    init(pod value: JSONValue, namespace: String) {
        let metadata = value["metadata"]
        let name =
            metadata?["name"]?.stringValue ?? metadata?["generateName"]?.stringValue.map { $0 + "*" }
            ?? "without a name"
        self.init(value, object: "Pod \(namespace.isEmpty ? "" : namespace + "/")\(name)")
    }

    func error(_ reason: InjectionReason, _ path: FieldPath, _ message: String) -> InjectionError {
        InjectionError(reason, object: object, path: FieldPath(self.path.elements + path.elements), message)
    }
}

/// Looks that never fail: what is not well formed is not there.
extension PodObject {
    func isExempt(by labels: [String: String]) -> Bool {
        labels.contains { key, value in
            guard let found = self.value[path: "metadata", "labels", key]?.stringValue else { return false }
            return value == "*" || value == found
        }
    }

    func hasContainer(named name: String) -> Bool {
        ["containers", "initContainers"].contains { list in
            value[path: "spec", list]?.arrayValue?.contains { $0["name"]?.stringValue == name } == true
        }
    }

    var usesHostNetwork: Bool { value[path: "spec", "hostNetwork"]?.boolValue == true }

    var runsOnWindows: Bool {
        // Nodes bear the older label beside the newer one.
        let labels = ["kubernetes.io/os", "beta.kubernetes.io/os"]
        return value[path: "spec", "os", "name"] == "windows"
            || labels.contains { value[path: "spec", "nodeSelector", $0] == "windows" }
    }

    /// Whether the pod is done when its containers have ended, as a Job's is.
    var runsToCompletion: Bool {
        ["Never", "OnFailure"].contains(value[path: "spec", "restartPolicy"]?.stringValue)
    }

    /// How long the kubelet waits before it kills, in seconds; Kubernetes' default when it is not set or makes no sense.
    var terminationGracePeriod: Int {
        value[path: "spec", "terminationGracePeriodSeconds"]?.intValue.flatMap {
            (0...86_400).contains($0) ? Int($0) : nil
        }
            ?? 30
    }
}

extension PodObject {
    func metadata() throws(InjectionError) -> MetadataReader {
        let metadata = try object(at: ["metadata"], in: value["metadata"])
        return MetadataReader(
            object: object,
            path: path.appending(key: "metadata"),
            labels: try strings(at: ["metadata", "labels"], in: metadata["labels"]),
            annotations: try strings(at: ["metadata", "annotations"], in: metadata["annotations"])
        )
    }

    /// The elements of an array of named objects below `spec`; empty when it is missing or `null`.
    func named(_ list: String) throws(InjectionError) -> [JSONValue] {
        let path: FieldPath = ["spec", .key(list)]
        guard let value = value[path: "spec", list], !value.isNull else { return [] }
        guard let elements = value.arrayValue else {
            throw error(.invalidPod, path, "expected array, found \(value.typeName)")
        }
        for (index, element) in elements.enumerated() {
            try step()
            guard case .object = element else {
                throw error(.invalidPod, path.appending(index: index), "expected object, found \(element.typeName)")
            }
            guard element["name"]?.stringValue != nil else {
                throw error(.invalidPod, path.appending(index: index).appending(key: "name"), "expected string")
            }
        }
        return elements
    }

    func object(at path: FieldPath, in value: JSONValue?) throws(InjectionError) -> [String: JSONValue] {
        guard let value, !value.isNull else { return [:] }
        guard let members = value.objectValue else {
            throw error(.invalidPod, path, "expected object, found \(value.typeName)")
        }
        return members
    }

    private func strings(at path: FieldPath, in value: JSONValue?) throws(InjectionError) -> [String: String] {
        var strings: [String: String] = [:]
        for (key, value) in try object(at: path, in: value) {
            try step()
            guard let text = value.stringValue else {
                throw error(.invalidPod, path.appending(key: key), "expected string, found \(value.typeName)")
            }
            strings[key] = text
        }
        return strings
    }
}
