import JSON

/// What the free-form `conf` of a backend may hold, by the backend's type (Kuma 2.14).
enum BackendConf: String {
    case builtin, provided, zipkin, datadog, file, tcp, prometheus

    /// What is wrong with the `conf` of a backend; nothing is said of types that are unknown.
    static func validate(_ conf: JSONValue?, of type: BackendConf?, at path: FieldPath) -> [FieldError] {
        guard let type else { return [] }
        let schema = type.schema.asProtobuf
        var form = AcceptedForm()
        let conf = form.accepted(conf.flatMap { $0.isNull ? nil : $0 } ?? [:], as: schema, at: path)
        let shapeErrors: [FieldError]
        do { shapeErrors = try schema.check(conf, at: path) } catch {
            shapeErrors = [FieldError(path, "could not parse config: \(error)")]
        }
        return form.remarks + (shapeErrors.isEmpty ? type.contentErrors(of: conf, at: path) : shapeErrors)
    }

    private var schema: JSONSchema {
        switch self {
        case .builtin:
            .object(
                "",
                ["caCert": .object("", ["RSAbits": .number("", in: 0...16384), "expiration": .text("")])]
            )
        case .provided: .object("", ["cert": Self.dataSource, "key": Self.dataSource])
        case .zipkin:
            .object(
                "",
                [
                    "url": .text(""), "traceId128bit": .flag(""), "sharedSpanContext": .flag(""),
                    "apiVersion": .text(""),
                ]
            )
        case .datadog:
            .object("", ["address": .text(""), "port": .number("", in: 0...65535), "splitService": .flag("")])
        case .file: .object("", ["path": .text("")])
        case .tcp: .object("", ["address": .text("")])
        case .prometheus: Self.prometheusSchema
        }
    }

    private static let dataSources = ["secret", "file", "inline", "inlineString"]
    private static let dataSource: JSONSchema = {
        var schema = JSONSchema.object("", Dictionary(uniqueKeysWithValues: dataSources.map { ($0, .text("")) }))
        schema.oneof = dataSources
        return schema
    }()

    private static let prometheusSchema = JSONSchema.object(
        "",
        [
            "port": .number("", in: 0...65535), "path": .text(""), "tags": .map(""), "skipMTLS": .flag(""),
            "aggregate": .list(
                "",
                .object(
                    "",
                    [
                        "name": .text(""), "port": .number("", in: 0...65535), "path": .text(""),
                        "enabled": .flag(""), "address": .text(""),
                    ]
                )
            ),
            "envoy": .object("", ["filterRegex": .text(""), "usedOnly": .flag("")]),
            "tls": .object("", ["mode": .constant(["activeMTLSBackend", "providedTLS", "disabled"])]),
        ]
    )

    /// What the shape does not tell.
    private func contentErrors(of conf: JSONValue, at path: FieldPath) -> [FieldError] {
        switch self {
        case .builtin:
            guard let expiration = conf[path: "caCert", "expiration"]?.stringValue, !expiration.isEmpty,
                !DurationRule.isKumaDuration(expiration)
            else { return [] }
            return [FieldError(path.appending(key: "caCert").appending(key: "expiration"), "has to be a valid format")]
        case .provided:
            return ["cert", "key"].compactMap { name in
                guard let source = conf[name] else {
                    return FieldError(path.appending(key: name), "has to be defined")
                }
                let isEmpty = source.objectValue?.isEmpty != false
                return isEmpty ? FieldError(path.appending(key: name), "data source cannot be empty") : nil
            }
        case .zipkin:
            let version = conf["apiVersion"]?.stringValue ?? ""
            let versions = ["httpJsonV1", "httpJson", "httpProto"]
            let isKnown = version.isEmpty || versions.contains(version)
            let message = "has invalid value. Allowed values: \(versions.joined(separator: ", "))"
            return (isKnown ? [] : [FieldError(path.appending(key: "apiVersion"), message)])
                + Self.urlErrors(conf["url"]?.stringValue ?? "", at: path.appending(key: "url"))
        case .datadog:
            let hasPort = conf["port"]?.intValue ?? 0 > 0
            return Self.emptiness(of: "address", in: conf, at: path)
                + (hasPort ? [] : [FieldError(path.appending(key: "port"), "port must be in the range [1, 65535]")])
        case .file: return Self.emptiness(of: "path", in: conf, at: path)
        case .tcp:
            let errors = Self.emptiness(of: "address", in: conf, at: path)
            let hasBoth = Self.hasHostAndPort(conf["address"]?.stringValue ?? "")
            return errors.isEmpty && !hasBoth
                ? [FieldError(path.appending(key: "address"), "has to be in format of HOST:PORT")] : errors
        case .prometheus: return Self.prometheusErrors(conf, at: path)
        }
    }

    private static func emptiness(of member: String, in conf: JSONValue, at path: FieldPath) -> [FieldError] {
        conf[member]?.stringValue ?? "" == "" ? [FieldError(path.appending(key: member), "cannot be empty")] : []
    }

    private static func hasHostAndPort(_ address: String) -> Bool {
        guard let colon = address.lastIndex(of: ":") else { return false }
        let (host, port) = (address[..<colon], address[address.index(after: colon)...])
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        return !host.isEmpty && !port.isEmpty && (isBracketed || !host.contains(":"))
    }

    private static func urlErrors(_ url: String, at path: FieldPath) -> [FieldError] {
        if url.isEmpty { return [FieldError(path, "cannot be empty")] }
        guard let scheme = url.firstRange(of: "://"), scheme.lowerBound > url.startIndex else {
            return [FieldError(path, "invalid URL")]
        }
        let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
        return hasHostAndPort(String(authority)) ? [] : [FieldError(path, "port has to be explicitly specified")]
    }

    private static func prometheusErrors(_ conf: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if let skips = conf["skipMTLS"]?.boolValue, let tls = conf["tls"],
            // Both may say the same.
            tls["mode"]?.stringValue ?? "activeMTLSBackend" != (skips ? "disabled" : "activeMTLSBackend")
        {
            errors.append(FieldError(path, "skipMTLS and tls configuration cannot be defined together"))
        }
        if let filter = conf[path: "envoy", "filterRegex"]?.stringValue, !filter.isEmpty,
            let problem = RegexRule.problem(with: filter)
        {
            let filterPath = path.appending(key: "envoy").appending(key: "filterRegex")
            errors.append(FieldError(filterPath, "provided regexp isn't correct: \(problem)"))
        }
        var names: Set<String> = []
        for (index, entry) in (conf["aggregate"]?.arrayValue ?? []).enumerated() {
            let name = entry["name"]?.stringValue ?? ""
            guard !names.insert(name).inserted else { continue }
            let namePath = path.appending(key: "aggregate").appending(index: index).appending(key: "name")
            errors.append(FieldError(namePath, "duplicate entry: \(name), values have to be unique"))
        }
        return errors
    }
}
