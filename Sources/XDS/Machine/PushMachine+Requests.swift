import EnvoyAPI

extension PushMachine {
    /// Takes an ACK or a NACK. One that belongs to an earlier response says nothing.
    mutating func answer(
        _ type: ResourceType,
        _ nonce: String,
        _ failure: DeltaRequest.Failure?,
        _ actions: inout [PushAction]
    ) {
        guard let batch = states[type].inFlight, batch.nonce == nonce else { return }
        states[type].inFlight = nil
        guard let failure else {
            states[type].names.share(sharing.nameSets)
            return
        }
        for entry in batch.entries where states[type].watches(entry.name) {
            // A removal that was rejected alone is not tried again.
            if entry.resource != nil || batch.entries.count > 1 { states[type].behind[entry.name] = entry.previous }
        }
        states[type].settle()
        if batch.entries.count > 1 {
            states[type].suspects.append(contentsOf: batch.suspects(after: failure.message))
        } else if let resource = batch.entries.first?.resource {
            states[type].rejected[resource.name] = PushRejection(
                type: type,
                name: resource.name,
                version: resource.version,
                message: failure.message,
                origin: resource.origin
            )
            actions.append(.rejectionsChanged)
        }
    }

    /// Takes what the client wants, or no longer wants.
    mutating func subscribe(_ type: ResourceType, _ request: DeltaRequest) throws(XDSError) {
        let isFirst = !states[type].isRequested
        states[type].isRequested = true
        if isFirst {
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
            states[type].names.insert(name)
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
        guard states[type].names.count <= options.names else {
            throw XDSError(.tooLarge, "more than \(options.names) names are asked for of \(type.typeURL)")
        }
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
