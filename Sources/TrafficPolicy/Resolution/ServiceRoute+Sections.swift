import SwiftletAPI

extension LoadBalancer {
    /// `nil` when nothing is chosen.
    init?(_ section: LoadBalancerSection) {
        if section.roundRobin != nil {
            self = .roundRobin
        } else if let leastRequest = section.leastRequest {
            self = .leastRequest(choiceCount: leastRequest.choiceCount.flatMap(positive))
        } else if let ringHash = section.ringHash {
            self = .ringHash(
                function: ringHash.hashFunction.flatMap(HashFunction.init),
                minimumRingSize: ringHash.minRingSize.flatMap(positive),
                maximumRingSize: ringHash.maxRingSize.flatMap(positive)
            )
        } else if section.random != nil {
            self = .random
        } else if section.maglev != nil {
            self = .maglev
        } else {
            return nil
        }
    }
}

/// 0 stands for nothing in Kuma's objects.
private func positive<Number: FixedWidthInteger>(_ number: Int64) -> Number? {
    number > 0 ? Number(exactly: number) : nil
}

extension RequestMatch {
    init(_ section: RequestMatchSection) {
        self.init(
            method: section.method.flatMap(TextMatch.init),
            path: section.path.flatMap(TextMatch.init),
            headers: (section.headers ?? [:]).compactMapValues(TextMatch.init)
        )
    }
}

extension TextMatch {
    /// `nil` when nothing is given.
    init?(_ section: TextMatchSection) {
        if let prefix = section.prefix {
            self = .prefix(prefix)
        } else if let exact = section.exact {
            self = .exact(exact)
        } else if let regex = section.regex {
            self = .regex(regex)
        } else {
            return nil
        }
    }
}

extension RequestModification {
    init(_ section: RequestModifySection) {
        self.init(
            path: section.path.flatMap(Path.init),
            host: section.host.flatMap(Host.init),
            requestHeaders: section.requestHeaders.map(Headers.init) ?? Headers(),
            responseHeaders: section.responseHeaders.map(Headers.init) ?? Headers()
        )
    }
}

extension RequestModification.Path {
    init?(_ section: PathModifySection) {
        if let prefix = section.rewritePrefix {
            self = .prefix(prefix)
        } else if let regex = section.regex {
            self = .regex(pattern: regex.pattern, substitution: regex.substitution)
        } else {
            return nil
        }
    }
}

extension RequestModification.Host {
    init?(_ section: HostModifySection) {
        if let value = section.value {
            self = .value(value)
        } else if let fromPath = section.fromPath {
            self = .fromPath(pattern: fromPath.pattern, substitution: fromPath.substitution)
        } else {
            return nil
        }
    }
}

extension RequestModification.Headers {
    init(_ section: HeadersModifySection) {
        self.init(
            add: section.add.map { .init(name: $0.name, value: $0.value, appends: $0.append) },
            remove: section.remove.map(\.name)
        )
    }
}
