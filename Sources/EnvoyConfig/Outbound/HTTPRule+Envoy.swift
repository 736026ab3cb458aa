import EnvoyAPI
import SwiftProtobuf
import TrafficPolicy

extension HTTPRule {
    var route: Route {
        var route = Route()
        route.match = match.routeMatch
        route.route = RouteAction(split)
        switch modification.path {
        case .prefix(let prefix): route.route.prefixRewrite = prefix
        case .regex(let pattern, let substitution):
            route.route.regexRewrite = RegexMatchAndSubstitute(pattern, substitution)
        case nil: break
        }
        switch modification.host {
        case .value(let host): route.route.hostRewriteLiteral = host
        case .fromPath(let pattern, let substitution):
            route.route.hostRewritePathRegex = RegexMatchAndSubstitute(pattern, substitution)
        case nil: break
        }
        route.requestHeadersToAdd = modification.requestHeaders.add.map(HeaderValueOption.init)
        route.requestHeadersToRemove = modification.requestHeaders.remove
        route.responseHeadersToAdd = modification.responseHeaders.add.map(HeaderValueOption.init)
        route.responseHeadersToRemove = modification.responseHeaders.remove
        return route
    }
}

extension RequestMatch {
    /// Headers in order of their names, the method before them. Without a path, any path.
    fileprivate var routeMatch: RouteMatch {
        var result = RouteMatch()
        switch path {
        case .prefix(let prefix): result.prefix = prefix
        case .exact(let path): result.path = path
        case .regex(let regex): result.safeRegex.regex = regex
        case nil: result.prefix = "/"
        }
        if let method { result.headers.append(HeaderMatcher(":method", method)) }
        for (name, match) in headers.sorted(by: { $0.key < $1.key }) {
            result.headers.append(HeaderMatcher(name, match))
        }
        return result
    }
}

extension HeaderMatcher {
    fileprivate init(_ name: String, _ match: TextMatch) {
        self.init()
        self.name = name
        switch match {
        case .prefix(let prefix): stringMatch.prefix = prefix
        case .exact(let text): stringMatch.exact = text
        case .regex(let regex): stringMatch = .regex(regex)
        }
    }
}

extension HeaderValueOption {
    fileprivate init(_ header: RequestModification.HeaderValue) {
        self.init()
        self.header.key = header.name
        self.header.value = header.value
        appendAction = header.appends ? .appendIfExistsOrAdd : .overwriteIfExistsOrAdd
        keepEmptyValue = header.value.isEmpty
    }
}
