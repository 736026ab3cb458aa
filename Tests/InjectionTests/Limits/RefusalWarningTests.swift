import Injection
import JSON
import KubeModel
import Testing

/// What the API server would refuse for what injection adds is told beforehand.
struct RefusalWarningTests {
    private static func quantities(_ texts: [String: String]) -> [String: Quantity] {
        texts.compactMapValues(Quantity.init)
    }

    private func warnings(
        _ limits: NamespaceLimits = NamespaceLimits(),
        labels: [String: String] = [:],
        annotations: [String: String] = [:]
    ) throws -> [String] {
        var pod = simplePod
        pod[path: "metadata", "annotations"] = .strings(annotations)
        var namespace = NamespaceMetadata.enabled
        namespace.labels = labels
        namespace.limits = limits
        return try SidecarInjector.native.inject(pod, namespace).warnings
    }

    @Test(arguments: [("privileged", false), ("baseline", true), ("restricted", true), ("", false), ("none", false)])
    func podSecurityIsToldBeforehand(level: String, isRefused: Bool) throws {
        let warnings = try warnings(labels: ["pod-security.kubernetes.io/enforce": level])
        #expect(
            warnings
                == (isRefused
                    ? [
                        "Pod shop/web-*: Pod Security level \(level) of namespace shop refuses the pod: kuma-init needs NET_ADMIN and "
                            + "NET_RAW, which only pod-security.kubernetes.io/enforce=privileged allows"
                    ] : [])
        )
        #expect(try self.warnings(labels: ["pod-security.kubernetes.io/warn": level]).isEmpty)
    }

    /// What of a LimitRange's item is set, and what is said of which container.
    @Test(
        arguments: [
            ("min", ["cpu": "100m"], ["kuma-sidecar requests less"]), ("min", ["cpu": "50m", "memory": "64Mi"], []),
            (
                "min", ["memory": "100Mi"],
                ["kuma-init requests less", "kuma-init has a lower limit", "kuma-sidecar requests less"]
            ),
            ("max", ["memory": "512Mi"], []), ("max", ["memory": "256Mi"], ["kuma-sidecar has a higher limit"]),
            ("max", ["cpu": "1"], ["kuma-sidecar has no limit"]),
            (
                "max", ["cpu": "60m"],
                ["kuma-init has a higher limit", "kuma-init requests more", "kuma-sidecar has no limit"]
            ),
            ("ratio", ["memory": "8"], []),
            ("ratio", ["memory": "7"], ["kuma-sidecar has a limit that is more times its request"]),
            ("ratio", ["cpu": "1"], ["kuma-sidecar has no limit and request"]),
            ("min", ["ephemeral-storage": "1Gi"], []),
        ] as [(String, [String: String], [String])]
    )
    func aLimitRangeIsHeldAgainstBothContainers(rule: String, amounts: [String: String], faults: [String]) throws {
        var range = NamespaceLimits.ContainerRange(name: "small")
        switch rule {
        case "min": range.min = Self.quantities(amounts)
        case "max": range.max = Self.quantities(amounts)
        default: range.maxRatio = Self.quantities(amounts)
        }
        let warnings = try warnings(NamespaceLimits(ranges: [range]))
        #expect(warnings.count == faults.count, "\(warnings)")
        for fault in faults {
            #expect(
                warnings.contains { $0.contains("LimitRange small has a ") && $0.contains(fault) },
                "\(fault): \(warnings)"
            )
        }
    }

    /// LimitRanger gives defaults before it checks.
    @Test func defaultsOfALimitRangeCount() throws {
        var range = NamespaceLimits.ContainerRange(name: "small", max: Self.quantities(["cpu": "1"]))
        #expect(try !warnings(NamespaceLimits(ranges: [range])).isEmpty)
        range.limit = Self.quantities(["cpu": "1"])
        #expect(try warnings(NamespaceLimits(ranges: [range])).isEmpty)
        let quota = NamespaceLimits.Quota(name: "q", resources: ["limits.cpu", "limits.memory", "requests.cpu"])
        #expect(try warnings(NamespaceLimits(ranges: [range], quotas: [quota])).isEmpty)
    }

    @Test func aQuotaThatCountsWhatIsNotSetIsTold() throws {
        let quota = NamespaceLimits.Quota(
            name: "team",
            resources: ["limits.cpu", "limits.memory", "requests.cpu", "pods"]
        )
        let limits = NamespaceLimits(quotas: [quota])
        #expect(
            try warnings(limits) == [
                "Pod shop/web-*: ResourceQuota team counts limits.cpu, and kuma-sidecar has no limit: set the annotations "
                    + "swiftlet.phys.app/sidecar-{cpu,memory}-{request,limit}"
            ]
        )
        #expect(try warnings(limits, annotations: ["swiftlet.phys.app/sidecar-cpu-limit": "1"]).isEmpty)
    }

    @Test(
        arguments: [
            ([:], ["100m", "100m", "64Mi", "64Mi"]), (["cpu-limit": "50m"], ["50m", "50m", "64Mi", "64Mi"]),
            (["cpu-limit": "1"], ["100m", "1", "64Mi", "64Mi"]),
            (["cpu-request": "200m"], ["200m", "200m", "64Mi", "64Mi"]),
            (["memory-request": "128Mi"], ["100m", "100m", "128Mi", "128Mi"]),
            (["memory-limit": "32Mi"], ["100m", "100m", "32Mi", "32Mi"]),
            (["cpu-request": "10m", "cpu-limit": "20m"], ["10m", "20m", "64Mi", "64Mi"]),
            (["cpu-request": "30m", "cpu-limit": "20m"], nil), (["memory-limit": "0"], nil),
        ] as [([String: String], [String]?)]
    )
    func theInitContainersResourcesAreSetByAnnotations(given: [String: String], amounts: [String]?) throws {
        var pod = simplePod
        let annotations = given.map { ("swiftlet.phys.app/init-\($0.key)", $0.value) }
        pod[path: "metadata", "annotations"] = .strings(Dictionary(uniqueKeysWithValues: annotations))
        guard let amounts else {
            let error = try #require(throws: InjectionError.self) { try SidecarInjector.native.inject(pod) }
            #expect(error.reason == .invalidSetting && error.path.description.contains("swiftlet.phys.app/init-"))
            return
        }
        let resources = try SidecarInjector.native.inject(pod).container("kuma-init")?["resources"]
        let found = [("requests", "cpu"), ("limits", "cpu"), ("requests", "memory"), ("limits", "memory")]
            .map { resources?[path: $0.0, $0.1]?.stringValue }
        #expect(found == amounts)
        #expect(resources?[path: "limits", "ephemeral-storage"] == "50M")
    }
}
