import JSON
import KubeModel

extension IngressSection {
    func validate(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if let host, let problem = Self.problem(withHost: host) {
            errors.append(FieldError(path.appending(key: "host"), problem))
        }
        if let ingressClass { errors += FieldRule.name(ingressClass, at: path.appending(key: "ingressClass")) }
        errors += pathErrors(at: path.appending(key: "path"))
        errors += FieldRule.annotations(annotations, at: path.appending(key: "annotations"))
        if let tls {
            errors += FieldRule.name(tls.secretName, at: path.appending(key: "tls").appending(key: "secretName"))
        }
        return errors
    }

    private func pathErrors(at field: FieldPath) -> [FieldError] {
        guard path.hasPrefix("/") else { return [FieldError(field, "\"\(path)\" is not allowed: must start with /")] }
        guard pathType != .implementationSpecific else { return [] }
        // The API server's rule for paths that are compared by elements.
        let forbidden = ["//", "/./", "/../", "%2f", "%2F"].first { path.contains($0) }
        let ending = ["/..", "/."].first { path.hasSuffix($0) }
        return (forbidden ?? ending).map {
            [
                FieldError(
                    field,
                    "\"\(path)\" is not allowed: must not contain \"\($0)\" with pathType \(pathType.rawValue)"
                )
            ]
        } ?? []
    }

    private static func problem(withHost host: String) -> String? {
        let name = host.hasPrefix("*.") ? String(host.dropFirst(2)) : host
        if name.contains("*") {
            return "\"\(host)\" is not allowed: a wildcard stands for the whole first part, such as *.example.com"
        }
        if name.contains(":") || name.contains("/") {
            return "\"\(host)\" is not allowed: only the DNS name, without scheme, port and path"
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) {
            return "\"\(host)\" is not allowed: must be a DNS name, not an IP address"
        }
        return NameRule.subdomain.problem(with: name)
    }
}

extension VolumeSection {
    func validate(at path: FieldPath) -> [FieldError] {
        var errors = FieldRule.name(name, at: path.appending(key: "name"))
        errors += FieldRule.mountPath(mountPath, at: path.appending(key: "mountPath"))
        if let storageClass, !storageClass.isEmpty {
            errors += FieldRule.name(storageClass, at: path.appending(key: "storageClass"))
        }
        if let quantity = size.quantity {
            if quantity.nanos <= 0 {
                errors.append(
                    FieldError(path.appending(key: "size"), "\"\(size.text)\" is not allowed: must be more than 0")
                )
            }
        } else {
            errors.append(
                FieldError(path.appending(key: "size"), "\"\(size.text)\" is no quantity: write it as 500Mi or 10Gi")
            )
        }
        if accessModes.contains(.readWriteOncePod), accessModes.count > 1 {
            errors.append(
                FieldError(path.appending(key: "accessModes"), "ReadWriteOncePod must be the only access mode")
            )
        }
        if let subPath { errors += FieldRule.relativePath(subPath, at: path.appending(key: "subPath")) }
        return errors
    }
}

extension ConfigSource {
    func validate(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        switch (configMap, secret) {
        case (nil, nil): errors.append(FieldError(path, "needs one of configMap, secret"))
        case (_?, _?): errors.append(FieldError(path, "has configMap and secret: only one of them is possible"))
        default: break
        }
        errors += configMap?.validate(at: path.appending(key: "configMap")) ?? []
        errors += secret?.validate(at: path.appending(key: "secret")) ?? []
        errors += FieldRule.mountPath(mountPath, at: path.appending(key: "mountPath"))
        if let subPath { errors += FieldRule.relativePath(subPath, at: path.appending(key: "subPath")) }
        return errors
    }
}

extension ConfigReference {
    fileprivate func validate(at path: FieldPath) -> [FieldError] {
        FieldRule.name(name, at: path.appending(key: "name"))
            + (items ?? []).enumerated().flatMap { index, item in
                FieldRule.relativePath(
                    item.path,
                    at: path.appending(key: "items").appending(index: index).appending(key: "path")
                )
            }
    }
}

extension AutoscalingSection {
    func validate(at path: FieldPath) -> [FieldError] {
        guard minReplicas > maxReplicas else { return [] }
        return [
            FieldError(
                path.appending(key: "minReplicas"),
                "\(minReplicas) is not allowed: must be at most maxReplicas (\(maxReplicas))"
            )
        ]
    }
}

extension DisruptionBudgetSection {
    func validate(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        switch (minAvailable, maxUnavailable) {
        case (nil, nil): errors.append(FieldError(path, "needs one of minAvailable, maxUnavailable"))
        case (_?, _?):
            errors.append(FieldError(path, "has minAvailable and maxUnavailable: only one of them is possible"))
        default: break
        }
        errors += check(minAvailable, at: path.appending(key: "minAvailable"))
        return errors + check(maxUnavailable, at: path.appending(key: "maxUnavailable"))
    }

    private func check(_ value: IntOrString?, at path: FieldPath) -> [FieldError] {
        switch value {
        case nil: return []
        case .int(let count): return count >= 0 ? [] : [FieldError(path, "\(count) is not allowed: must be at least 0")]
        case .string(let text):
            if text.hasSuffix("%"), let percent = Int(text.dropLast()), (0...100).contains(percent) { return [] }
            return [
                FieldError(path, "\"\(text)\" is not allowed: write a number such as 1 or a percentage such as 50%")
            ]
        }
    }
}
