import JSON
import KubeModel

/// What the LimitRanges and ResourceQuotas of a namespace demand of its pods, as far as injection has a say in it.
package struct NamespaceLimits: Hashable, Sendable {
    /// One item of a LimitRange of type `Container`.
    package struct ContainerRange: Hashable, Sendable {
        /// The LimitRange.
        package var name: String
        package var min: [String: Quantity]
        package var max: [String: Quantity]
        /// How many times its request a limit may be.
        package var maxRatio: [String: Quantity]
        /// What a container gets that sets no limit or no request.
        package var limit: [String: Quantity]
        package var request: [String: Quantity]

        package init(
            name: String,
            min: [String: Quantity] = [:],
            max: [String: Quantity] = [:],
            maxRatio: [String: Quantity] = [:],
            limit: [String: Quantity] = [:],
            request: [String: Quantity] = [:]
        ) {
            self.name = name
            self.min = min
            self.max = max
            self.maxRatio = maxRatio
            self.limit = limit
            self.request = request
        }
    }

    /// A ResourceQuota that counts every pod with a sidecar.
    package struct Quota: Hashable, Sendable {
        package var name: String
        /// The resources that it limits, such as `limits.cpu`. A container that does not set one of these is refused.
        package var resources: Set<String>

        package init(name: String, resources: Set<String>) {
            self.name = name
            self.resources = resources
        }
    }

    package var ranges: [ContainerRange]
    package var quotas: [Quota]

    package init(ranges: [ContainerRange] = [], quotas: [Quota] = []) {
        self.ranges = ranges
        self.quotas = quotas
    }

    /// Why the API server would refuse a container that injection adds: one clause for each rule that is broken.
    ///
    /// Source of the rules: the admission plugins LimitRanger, which gives defaults before it checks, and ResourceQuota.
    func objections(to name: String, _ resources: SidecarResources) -> [String] {
        guard !ranges.isEmpty || !quotas.isEmpty else { return [] }
        return ["cpu", "memory"].flatMap { resource -> [String] in
            let given = resources.quantities(of: resource)
            // A request that is not set is the limit, where that is set.
            let limit = given.limit ?? ranges.lazy.compactMap { $0.limit[resource] }.first
            let request =
                given.request ?? given.limit ?? ranges.lazy.compactMap { $0.request[resource] }.first ?? limit
            return ranges.flatMap { $0.objections(name, resource, request, limit) }
                + quotas.flatMap { $0.objections(name, resource, request, limit) }
        }
    }
}

extension NamespaceLimits.ContainerRange {
    fileprivate func objections(
        _ container: String,
        _ resource: String,
        _ request: Quantity?,
        _ limit: Quantity?
    ) -> [String] {
        var result: [String] = []
        func object(_ rule: String, _ fault: String) {
            result.append("LimitRange \(name) has \(rule) for \(resource), and \(container) \(fault)")
        }
        if let min = min[resource] {
            if let request {
                if request < min { object("a minimum", "requests less") }
            } else {
                object("a minimum", "requests none")
            }
            if let limit, limit < min { object("a minimum", "has a lower limit") }
        }
        if let max = max[resource] {
            if let limit {
                if limit > max { object("a maximum", "has a higher limit") }
            } else {
                object("a maximum", "has no limit")
            }
            if let request, request > max { object("a maximum", "requests more") }
        }
        if let ratio = maxRatio[resource] {
            if let request, let limit, request.nanos > 0 {
                // limit / request > ratio, in billionths.
                let (product, overflow) = request.nanos.multipliedReportingOverflow(by: ratio.nanos)
                let (scaled, tooLarge) = limit.nanos.multipliedReportingOverflow(by: 1_000_000_000)
                if tooLarge || (!overflow && scaled > product) {
                    object("a maximum ratio", "has a limit that is more times its request")
                }
            } else {
                object("a maximum ratio", "has no limit and request")
            }
        }
        return result
    }
}

extension NamespaceLimits.Quota {
    fileprivate func objections(
        _ container: String,
        _ resource: String,
        _ request: Quantity?,
        _ limit: Quantity?
    ) -> [String] {
        var result: [String] = []
        if request == nil, !resources.isDisjoint(with: [resource, "requests.\(resource)"]) {
            result.append("ResourceQuota \(name) counts requests.\(resource), and \(container) requests none")
        }
        if limit == nil, resources.contains("limits.\(resource)") {
            result.append("ResourceQuota \(name) counts limits.\(resource), and \(container) has no limit")
        }
        return result
    }
}

extension SidecarResources {
    fileprivate func quantities(of resource: String) -> (request: Quantity?, limit: Quantity?) {
        resource == "cpu"
            ? (cpuRequest.flatMap(Quantity.init), cpuLimit.flatMap(Quantity.init))
            : (memoryRequest.flatMap(Quantity.init), memoryLimit.flatMap(Quantity.init))
    }
}
