import EnvoyAPI

extension PushMachine {
    /// Takes an ACK or a NACK, late ones too. One that belongs to no response that waits for its answer says nothing.
    mutating func answer(
        _ type: ResourceType,
        _ nonce: String,
        _ failure: DeltaRequest.Failure?,
        _ actions: inout [PushAction]
    ) {
        guard let (batch, isFollowed) = states[type].takeAnswered(nonce) else { return }
        guard let failure else {
            if states[type].accept(batch, isFollowed: isFollowed) { actions.append(.rejectionsChanged(new: nil)) }
            states[type].names.share(sharing.nameSets)
            return
        }
        let suspicious = batch.suspicious
        // A removal that was rejected alone is not tried again.
        let isFound = suspicious.count <= 1
        var again: [PushBatch.Entry] = []
        for entry in suspicious where states[type].watches(entry.name) {
            // Envoy applies what is good of a response that it rejects, but not always, and does not tell.
            let copy = isFound ? entry.previous : entry.previous.or(ClientCopy(entry.resource))
            // A later response has it too: what the client has follows from the answer to that one.
            if isFollowed, states[type].amendFollowing(entry.name, had: copy) { continue }
            guard entry.resource != nil || !isFound else { continue }
            states[type].behind[entry.name] = copy
            again.append(entry)
        }
        states[type].settle()
        if !isFound {
            if !again.isEmpty {
                states[type].suspects.append(contentsOf: PushBatch.suspects(again, after: failure.message))
            }
        } else if let resource = again.first?.resource {
            reject(resource, failure, &actions)
        }
    }

    /// Notes that the client does not accept a resource. Not when another version of it is wanted by now: that one will be judged for itself.
    private mutating func reject(
        _ resource: EncodedResource,
        _ failure: DeltaRequest.Failure,
        _ actions: inout [PushAction]
    ) {
        let type = resource.type
        guard states[type].resource(resource.name)?.version == resource.version else { return }
        let limit = max(Self.shortRejection, min(Self.longRejection, options.rejectionBytes - rejectionBytes))
        let rejection = PushRejection(
            type: type,
            name: resource.name,
            version: resource.version,
            message: failure.message.cut(toBytes: limit),
            origin: resource.origin
        )
        states[type].rejected[resource.name] = rejection
        actions.append(.rejectionsChanged(new: rejection))
    }

    /// Takes what the client wants, or no longer wants.
    mutating func subscribe(_ type: ResourceType, _ request: DeltaRequest) throws(XDSError) {
        let isFirst = !states[type].isRequested
        states[type].isRequested = true
        if isFirst {
            // Names that it has and does not ask for, by a wildcard, are kept until they are settled.
            let bytes = request.initialVersions.reduce(0) { $0 + $1.key.utf8.count + PushOptions.nameOverhead }
            guard bytes <= options.nameBytes else { throw tooManyNames }
            if request.subscribe.isEmpty, type == .cluster || type == .listener { watchAll(type) }
            if states[type].isWildcard || request.subscribe.contains("*") {
                for (name, version) in request.initialVersions { states[type].behind[name] = .version(version) }
            }
        }
        for name in request.subscribe {
            if name == "*" {
                watchAll(type)
                continue
            }
            let isKnown = isFirst ? request.initialVersions[name] : nil
            let isNew = !states[type].watches(name)
            if states[type].names.insert(name) { try checkNames(of: type) }
            if let isKnown {
                states[type].behind[name] = .version(isKnown)
                if type == .endpoint, isOnItsWay(.cluster, name) { states[type].owed.insert(name) }
            } else {
                if isNew { states[type].behind[name] = ClientCopy.none }
                states[type].owed.insert(name)
            }
        }
        for name in request.unsubscribe {
            if name == "*" {
                states[type].isWildcard = false
                let names = states[type].names
                states[type].behind = states[type].behind.filter { names.contains($0.key) }
                states[type].rejected = states[type].rejected.filter { names.contains($0.key) }
            } else if states[type].names.remove(name) {
                if states[type].isWildcard { states[type].owed.insert(name) } else { states[type].forget(name) }
            }
        }
    }

    private var tooManyNames: XDSError {
        XDSError(.tooLarge, "more than \(options.nameBytes) bytes of names are asked for")
    }

    /// - Throws: ``XDSError/Code/tooLarge``.
    private func checkNames(of type: ResourceType) throws(XDSError) {
        guard states[type].names.count <= options.names else {
            throw XDSError(.tooLarge, "more than \(options.names) names are asked for of \(type.typeURL)")
        }
        guard states.reduce(0, { $0 + $1.names.bytes }) <= options.nameBytes else { throw tooManyNames }
    }

    private mutating func watchAll(_ type: ResourceType) {
        guard !states[type].isWildcard else { return }
        if let base = states[type].base {
            for name in sharing.differences.names(of: type, from: nil, to: base) where !states[type].watches(name) {
                if base.resource(type, name) != nil { states[type].behind[name] = ClientCopy.none }
            }
        }
        states[type].isWildcard = true
        states[type].owesResponse = true
    }

    private func isOnItsWay(_ type: ResourceType, _ name: String) -> Bool {
        states[type].inFlight?.entries.contains { $0.name == name && $0.resource != nil } ?? false
    }
}

extension String {
    /// The beginning, without half a character at its end.
    fileprivate func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while end > startIndex, !utf8[end].isFirstOfScalar { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}

extension UInt8 {
    fileprivate var isFirstOfScalar: Bool { self & 0xC0 != 0x80 }
}
