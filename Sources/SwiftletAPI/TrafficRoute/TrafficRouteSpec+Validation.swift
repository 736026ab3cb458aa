import JSON

extension TrafficRouteSpec {
    func validate(at path: FieldPath) -> [FieldError] {
        let (sourcesPath, destinationsPath) = (path.appending(key: "sources"), path.appending(key: "destinations"))
        var errors = FieldRule.notEmpty(sources, at: sourcesPath)
        for (index, source) in sources.enumerated() {
            errors += TagRule.selector(source.match, at: sourcesPath.appending(index: index).appending(key: "match"))
        }
        errors += FieldRule.notEmpty(destinations, at: destinationsPath)
        for (index, destination) in destinations.enumerated() {
            let path = destinationsPath.appending(index: index).appending(key: "match")
            errors += TagRule.serviceSelector(destination.match, at: path)
        }
        let confPath = path.appending(key: "conf")
        return errors + (conf?.validate(at: confPath) ?? [FieldError(confPath, "cannot be empty")])
    }
}

extension TrafficRouteConf {
    fileprivate func validate(at path: FieldPath) -> [FieldError] {
        var errors = TrafficRouteSplit.validate(split, or: destination, at: path)
        for (index, rule) in http.enumerated() {
            errors += rule.validate(at: path.appending(key: "http").appending(index: index))
        }
        return errors + (loadBalancer?.validate(at: path.appending(key: "loadBalancer")) ?? [])
    }
}

extension TrafficRouteHTTP {
    fileprivate func validate(at path: FieldPath) -> [FieldError] {
        let matchPath = path.appending(key: "match")
        return (match ?? RequestMatchSection()).validate(at: matchPath)
            + (modify?.validate(at: path.appending(key: "modify"), match: match) ?? [])
            + TrafficRouteSplit.validate(split, or: destination, at: path)
    }
}

extension TrafficRouteSplit {
    /// The two ways to say where traffic goes, of which exactly one must be taken.
    fileprivate static func validate(
        _ split: [TrafficRouteSplit]?,
        or destination: [String: String]?,
        at path: FieldPath
    ) -> [FieldError] {
        var errors: [FieldError] = []
        // An empty list cannot be told from none.
        let split = split?.isEmpty == true ? nil : split
        switch (split, destination) {
        case (nil, nil): errors.append(FieldError(path, #"requires either "destination" or "split""#))
        case (_?, _?):
            errors.append(FieldError(path, #""split" cannot be defined at the same time as "destination""#))
        default: break
        }
        if let split { errors += validate(split, at: path.appending(key: "split")) }
        if let destination { errors += TagRule.selector(destination, at: path.appending(key: "destination")) }
        return errors
    }

    private static func validate(_ split: [TrafficRouteSplit], at path: FieldPath) -> [FieldError] {
        guard !split.isEmpty else { return FieldRule.notEmpty(split, at: path) }
        var errors: [FieldError] = []
        var total: Int64 = 0
        for (index, entry) in split.enumerated() {
            let path = path.appending(index: index)
            let weightPath = path.appending(key: "weight")
            if let weight = entry.weight {
                errors += FieldRule.range(weight, in: weights, at: weightPath)
                if weights.contains(weight) { total += weight }
            } else {
                errors.append(FieldError(weightPath, "needs to be defined"))
            }
            errors += TagRule.selector(entry.destination, at: path.appending(key: "destination"))
        }
        if total == 0 {
            errors.append(FieldError(path, "there must be at least one split entry with weight above 0"))
        }
        if total > weights.upperBound {
            // Envoy's limit.
            errors.append(FieldError(path, "the weights must not add up to more than \(weights.upperBound)"))
        }
        return errors
    }
}

extension RequestMatchSection {
    fileprivate func validate(at path: FieldPath) -> [FieldError] {
        if method == nil, self.path == nil, headers == nil {
            return [
                FieldError(
                    path,
                    #"must be present and contain at least one of the elements: "method", "path" or "headers""#
                )
            ]
        }
        var errors = method?.validate(at: path.appending(key: "method")) ?? []
        errors += self.path?.validate(at: path.appending(key: "path")) ?? []
        guard let headers else { return errors }
        let headersPath = path.appending(key: "headers")
        if headers.isEmpty { errors.append(FieldError(headersPath, "must contain at least one element")) }
        for (name, match) in headers.sorted(by: { $0.key < $1.key }) {
            let path = headersPath.appending(key: name)
            if name.isEmpty { errors.append(FieldError(path, "cannot be empty")) }
            errors += FieldRule.headerText(name, at: path) + match.validate(at: path)
        }
        return errors
    }
}

extension TextMatchSection {
    fileprivate func validate(at path: FieldPath) -> [FieldError] {
        if prefix == nil, exact == nil, regex == nil {
            return [FieldError(path, #"cannot be empty. Available options: "exact", "prefix" or "regex""#)]
        }
        var errors: [FieldError] = []
        let prefixPath = path.appending(key: "prefix")
        if prefix == "" { errors.append(FieldError(prefixPath, "cannot be empty")) }
        errors += prefix.map { FieldRule.headerText($0, at: prefixPath) } ?? []
        errors += exact.map { FieldRule.headerText($0, at: path.appending(key: "exact")) } ?? []
        if let regex, let problem = RegexRule.problem(with: regex) {
            errors.append(FieldError(path.appending(key: "regex"), problem))
        }
        return errors
    }
}
