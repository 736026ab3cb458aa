import JSON

/// Builds documents from events: resolves scalars, expands aliases and merge keys, and keeps within the limits.
struct YAMLComposer: ~Copyable {
    /// What a name stands for.
    private enum Anchor {
        /// Its value is being read; an alias to it here would have no end.
        case open
        case complete(YAMLNode)
    }

    /// What becomes of a key that a mapping has twice.
    enum RepeatedKeys {
        case refused
        case lastCounts
    }

    private var events: YAMLEventStream
    private let repeatedKeys: RepeatedKeys
    private let source: String
    private let limits: YAMLLimits
    /// Names hold until the end of their document.
    private var anchors: [String: Anchor] = [:]
    /// What aliases may still add.
    private var expansion: Int

    /// - Precondition: the text's size is within the limits.
    init(
        _ bytes: [UInt8],
        source: String,
        limits: YAMLLimits,
        repeatedKeys: RepeatedKeys = .refused
    ) throws(YAMLError) {
        events = try YAMLEventStream(bytes, source: source)
        self.repeatedKeys = repeatedKeys
        self.source = source
        self.limits = limits
        expansion = limits.expansion(ofSize: bytes.count)
    }

    /// Reads up to the end of the first document; `nil` when there is none or it is empty.
    mutating func firstDocument() throws(YAMLError) -> YAMLDocument? {
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamEnd: return nil
            case .documentStart:
                let root = try node(events.next(), depth: 0)
                // Whatever follows must at least be the end of the document.
                _ = try events.next()
                return root.value.isNull ? nil : YAMLDocument(root, source: source)
            default: continue
            }
        }
    }

    /// Reads the whole text.
    mutating func documents() throws(YAMLError) -> [YAMLDocument] {
        var documents: [YAMLDocument] = []
        var count = 0
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamEnd:
                return documents
            case .documentStart:
                count += 1
                guard count <= limits.documents else {
                    throw error(.limitExceeded, "more than \(limits.documents) documents", event.location)
                }
                anchors = [:]
                let root = try node(events.next(), depth: 0)
                if !root.value.isNull { documents.append(YAMLDocument(root, source: source)) }
            default:
                continue
            }
        }
    }

    private func error(_ code: YAMLError.Code, _ message: String, _ location: YAMLLocation) -> YAMLError {
        YAMLError(code, message, source: source, location: location)
    }

    // MARK: - Nodes

    /// The value that begins with `event`, inside `depth` containers.
    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> YAMLNode {
        switch event.kind {
        case .scalar(let scalar, let anchor):
            let node = try node(scalar, at: event.location)
            define(anchor, .complete(node))
            return node
        case .alias(let name):
            return try expand(name, at: event.location, depth: depth)
        case .sequenceStart(let anchor):
            define(anchor, .open)
            let node = YAMLNode(array: try elements(depth: try deeper(depth, event.location)), at: event.location)
            define(anchor, .complete(node))
            return node
        case .mappingStart(let anchor):
            define(anchor, .open)
            let node = YAMLNode(object: try members(depth: try deeper(depth, event.location)), at: event.location)
            define(anchor, .complete(node))
            return node
        case .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            throw error(.syntax, "a value expected", event.location)
        }
    }

    private func deeper(_ depth: Int, _ location: YAMLLocation) throws(YAMLError) -> Int {
        guard depth < limits.depth else { throw tooDeep(location) }
        return depth + 1
    }

    private func tooDeep(_ location: YAMLLocation) -> YAMLError {
        error(.limitExceeded, "nested deeper than \(limits.depth) levels", location)
    }

    private func node(_ scalar: YAMLScalar, at location: YAMLLocation) throws(YAMLError) -> YAMLNode {
        do {
            return YAMLNode(scalar: try scalar.value(), at: location, size: scalar.text.utf8.count)
        } catch {
            throw self.error(.invalidScalar, error.message, location)
        }
    }

    private mutating func elements(depth: Int) throws(YAMLError) -> [YAMLNode] {
        var elements: [YAMLNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return elements }
            elements.append(try node(event, depth: depth))
        }
    }

    // MARK: - Aliases

    private mutating func define(_ name: String?, _ anchor: Anchor) {
        if let name { anchors[name] = anchor }
    }

    private mutating func expand(_ name: String, at location: YAMLLocation, depth: Int) throws(YAMLError) -> YAMLNode {
        switch anchors[name] {
        case nil:
            throw error(.invalidAlias, "no anchor '\(name.prefix(80))' before this alias", location)
        case .open:
            throw error(.invalidAlias, "anchor '\(name.prefix(80))' contains itself", location)
        case .complete(let node):
            guard depth + node.map.height <= limits.depth else { throw tooDeep(location) }
            expansion -= node.map.cost
            guard expansion >= 0 else {
                throw error(.limitExceeded, "aliases expand to too much", location)
            }
            return node.placed(at: location)
        }
    }

    // MARK: - Mappings

    /// Members in the order they are written: what comes later replaces what a merge key brought, and a merge key replaces what came
    /// before it, as kubectl has it.
    private mutating func members(depth: Int) throws(YAMLError) -> [String: YAMLNode] {
        var members: [String: YAMLNode] = [:]
        var written: [String: YAMLLocation] = [:]
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { return members }
            if case .scalar(let scalar, _) = event.kind, scalar.isMergeKey {
                let merged = try node(events.next(), depth: depth)
                try merge(merged, into: &members, at: event.location)
                continue
            }
            let key = try key(event)
            if let first = written.updateValue(event.location, forKey: key), repeatedKeys == .refused {
                throw error(
                    .duplicateKey,
                    "key '\(key.prefix(80))' is already given on line \(first.line)",
                    event.location
                )
            }
            members[key] = try node(events.next(), depth: depth).placed(at: event.location)
        }
    }

    private mutating func key(_ event: YAMLEvent) throws(YAMLError) -> String {
        switch event.kind {
        case .scalar(let scalar, let anchor):
            if anchor != nil { define(anchor, .complete(try node(scalar, at: event.location))) }
            do {
                return try scalar.key()
            } catch {
                throw self.error(.invalidKey, error.message, event.location)
            }
        case .alias(let name):
            switch try expand(name, at: event.location, depth: 0).value {
            case .string(let text): return text
            case .bool(let value): return value ? "true" : "false"
            case .int(let value): return String(value)
            case .double(let value): return YAMLResolvedScalar.keyText(value)
            case .null, .array, .object: break
            }
            throw error(.invalidKey, "'*\(name.prefix(80))' is no text, and so no key", event.location)
        default:
            throw error(.invalidKey, "a mapping or sequence cannot be a key", event.location)
        }
    }

    /// Adds the members of a mapping, or of several, the first of which prevails.
    private func merge(
        _ node: YAMLNode,
        into members: inout [String: YAMLNode],
        at location: YAMLLocation
    ) throws(YAMLError) {
        let sources: [YAMLNode]
        switch (node.value, node.map.children) {
        case (.array(let values), .elements(let maps)): sources = zip(values, maps).map(YAMLNode.init).reversed()
        default: sources = [node]
        }
        for source in sources {
            guard case .object(let values) = source.value, case .members(let maps) = source.map.children else {
                throw error(.invalidMerge, "'<<' takes a mapping or a sequence of mappings", location)
            }
            for (key, value) in values {
                members[key] = YAMLNode(value: value, map: maps[key] ?? source.map)
            }
        }
    }
}
