import JSON

extension RequestModifySection {
    func validate(at path: FieldPath, match: RequestMatchSection?) -> [FieldError] {
        (self.path?.validate(at: path.appending(key: "path"), match: match) ?? [])
            + (host?.validate(at: path.appending(key: "host")) ?? [])
            + (requestHeaders?.validate(at: path.appending(key: "requestHeaders")) ?? [])
            + (responseHeaders?.validate(at: path.appending(key: "responseHeaders")) ?? [])
    }
}

extension PathModifySection {
    fileprivate func validate(at path: FieldPath, match: RequestMatchSection?) -> [FieldError] {
        let prefixPath = path.appending(key: "rewritePrefix")
        switch (rewritePrefix, regex) {
        case (nil, nil): return [FieldError(path, #"either "rewritePrefix" or "regex" has to be set"#)]
        case (_?, _?): return [FieldError(path, "has rewritePrefix and regex: only one of them is possible")]
        case (""?, nil): return [FieldError(prefixPath, "cannot be empty")]
        case (let prefix?, nil):
            if match?.path?.prefix ?? "" == "" {
                return [FieldError(prefixPath, "can only be set when .http.match.path.prefix is not empty")]
            }
            return FieldRule.headerText(prefix, at: prefixPath)
        case (nil, let regex?): return regex.validate(at: path.appending(key: "regex"))
        }
    }
}

extension HostModifySection {
    fileprivate func validate(at path: FieldPath) -> [FieldError] {
        let valuePath = path.appending(key: "value")
        switch (value, fromPath) {
        case (nil, nil): return [FieldError(path, #"either "value" or "fromPath" has to be set"#)]
        case (_?, _?): return [FieldError(path, "has value and fromPath: only one of them is possible")]
        case (""?, nil): return [FieldError(valuePath, "cannot be empty")]
        case (let value?, nil): return FieldRule.headerText(value, at: valuePath)
        case (nil, let fromPath?): return fromPath.validate(at: path.appending(key: "fromPath"))
        }
    }
}

extension RegexSubstitutionSection {
    fileprivate func validate(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if let problem = RegexRule.problem(with: pattern) {
            errors.append(FieldError(path.appending(key: "pattern"), problem))
        }
        let substitutionPath = path.appending(key: "substitution")
        if substitution.isEmpty { errors.append(FieldError(substitutionPath, "cannot be empty")) }
        return errors + FieldRule.headerText(substitution, at: substitutionPath)
    }
}

extension HeadersModifySection {
    fileprivate func validate(at path: FieldPath) -> [FieldError] {
        let (addPath, removePath) = (path.appending(key: "add"), path.appending(key: "remove"))
        var errors: [FieldError] = []
        for (index, header) in add.enumerated() {
            let path = addPath.appending(index: index)
            let valuePath = path.appending(key: "value")
            errors += Self.validate(name: header.name, at: path.appending(key: "name"))
            if header.value.isEmpty { errors.append(FieldError(valuePath, "cannot be empty")) }
            errors += FieldRule.headerText(header.value, at: valuePath)
        }
        for (index, header) in remove.enumerated() {
            errors += Self.validate(name: header.name, at: removePath.appending(index: index).appending(key: "name"))
        }
        return errors
    }

    private static func validate(name: String, at path: FieldPath) -> [FieldError] {
        if name.isEmpty { return [FieldError(path, "cannot be empty")] }
        // Envoy compares names without case.
        if name.hasPrefix(":") || name.lowercased() == "host" {
            return [FieldError(path, "host header and HTTP/2 pseudo-headers are not allowed to be modified")]
        }
        return FieldRule.headerText(name, at: path)
    }
}
