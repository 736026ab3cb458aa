import FoundationEssentials
import JSON
import KubeAdmission
import KubeModel

extension InstallDiagnosis {
    /// The webhook configurations: whom they ask, whether they trust who answers, and what happens otherwise.
    var webhooks: [Doctor.Finding] {
        state.webhooks.sorted { $0.key < $1.key }.flatMap { key, observed in
            let isWanted = key.isInjector ? state.settings.injects : state.settings.validates
            switch observed {
            case .unreadable(let why): return isWanted ? [unseen("\(key)", why)] : []
            case .absent: return isWanted ? [missing(key)] : []
            case .found(let configuration):
                guard isWanted else { return asksTheService(configuration) ? [unanswered(key, configuration)] : [] }
                return examine(configuration, key)
            }
        }
    }

    private func missing(_ key: InstallState.WebhookKey) -> Doctor.Finding {
        warning(
            "\(key)",
            "is not there: \(key.isInjector ? "new pods get no sidecar" : "objects are not checked")",
            state.settings.registers
                ? "look why the operator does not register it: \(state.logs) | grep -i webhook"
                : "the operator does not make it; make it again: \(state.reinstall)"
        )
    }

    /// One that asks an operator which was told not to answer.
    private func unanswered(_ key: InstallState.WebhookKey, _ configuration: JSONValue) -> Doctor.Finding {
        let closed = failsClosed(configuration)
        return Doctor.Finding(
            severity: closed ? .problem : .warning,
            subject: "\(key)",
            message: "asks the operator, which was told not to \(key.isInjector ? "inject" : "validate")"
                + (closed ? ": what it asks about is refused" : ""),
            remedy: "remove it: kubectl delete \(key.kind.lowercased()) \(key.name)"
        )
    }

    /// Whether it goes to the operator's Service.
    func asksTheService(_ configuration: JSONValue) -> Bool {
        (configuration["webhooks"]?.arrayValue ?? []).contains {
            let service = $0[path: "clientConfig", "service"]
            return service?["name"] == .string(state.names.service)
                && service?["namespace"] == .string(state.names.namespace)
        }
    }

    /// Whether something is refused when nobody answers.
    func failsClosed(_ configuration: JSONValue) -> Bool {
        (configuration["webhooks"]?.arrayValue ?? []).contains { $0["failurePolicy"] != "Ignore" }
    }

    private func examine(_ configuration: JSONValue, _ key: InstallState.WebhookKey) -> [Doctor.Finding] {
        let closed = failsClosed(configuration)
        let consequence = closed ? "what it asks about is refused" : "what it asks about goes unchecked"
        func bad(_ message: String, _ remedy: String) -> Doctor.Finding {
            Doctor.Finding(
                severity: closed ? .problem : .warning,
                subject: "\(key)",
                message: "\(message): \(consequence)",
                remedy: remedy
            )
        }
        var findings: [Doctor.Finding] = []
        if asksTheService(configuration) {
            let service = "Service \(state.names.namespace)/\(state.names.service)"
            if state.service.isAbsent {
                findings.append(
                    bad(
                        "asks \(service), which is not there",
                        "make the Service again: \(state.reinstall)"
                    )
                )
            } else if state.service.value != nil, state.hasReadyEndpoint.value == false {
                findings.append(
                    bad("asks \(service), behind which no pod is ready", "\(state.kubectl) get pods -o wide")
                )
            }
        }
        let bundles = (configuration["webhooks"]?.arrayValue ?? []).map {
            $0[path: "clientConfig", "caBundle"]?.stringValue ?? ""
        }
        if bundles.contains(where: \.isEmpty) {
            findings.append(
                bad(
                    "trusts nobody yet (no caBundle)",
                    "whose it is to publish tells why not: \(publishers(configuration))"
                )
            )
        } else if let secret = state.secret.value,
            let mistrusted = bundles.lazy.compactMap({ mismatch($0, secret) }).first
        {
            findings.append(
                bad(
                    mistrusted,
                    "it is mended within a minute; if not: \(publishers(configuration))"
                )
            )
        }
        guard findings.isEmpty else { return findings }
        return [ok("\(key)", "is registered and trusts the operator\(closed ? "; refuses while it is away" : "")")]
    }

    /// The logs of those who write the bundle.
    private func publishers(_ configuration: JSONValue) -> String {
        let annotations = configuration[path: "metadata", "annotations"]
        guard annotations?["cert-manager.io/inject-ca-from"] != nil else { return "\(state.logs) | grep certificate" }
        let injector = "kubectl -n cert-manager logs -l app.kubernetes.io/name=cainjector --tail=-1"
        return "\(injector) | grep \(state.names.service)"
    }

    /// Why a published bundle does not trust what the Secret holds; `nil` when it does.
    private func mismatch(_ bundle: String, _ secret: JSONValue) -> String? {
        let stored = CertificateState(data: secret["data"], names: [])
        guard !stored.authorities.isEmpty else { return nil }
        do {
            let text = Data(base64Encoded: bundle).map { String(decoding: $0, as: UTF8.self) } ?? ""
            let published = try CertificateBundle(pem: text, field: "caBundle").ids
            let missing = Set(stored.authorities.keys).subtracting(published)
            // One that is only being introduced may be missing for a moment.
            return missing.count == stored.authorities.count ? "trusts another authority than that of the Secret" : nil
        } catch {
            return "has a caBundle that cannot be read (\(error))"
        }
    }

    // MARK: - Certificates

    /// The certificates of webhooks and xDS.
    var certificates: [Doctor.Finding] {
        guard state.settings.hasCertificates else { return [] }
        let subject = "secret \(state.names.secret)"
        switch state.secret {
        case .unreadable(let why): return [unseen(subject, why)]
        case .absent:
            return [problem(subject, "is not there: webhooks and sidecars have nobody to trust", certificateRemedy)]
        case .found(let secret): return examine(secret: secret)
        }
    }

    /// Whoever fills the Secret mends it.
    private var certificateRemedy: String {
        guard let given = state.settings.givenSecret else {
            return "the operator tells why: \(state.logs) | grep certificate"
        }
        return "somebody else fills it; if that is cert-manager: \(state.kubectl) describe certificate \(given)"
    }

    private func examine(secret: JSONValue) -> [Doctor.Finding] {
        let names = state.settings.certificates
        let certificates = CertificateState(data: secret["data"], names: names)
        var findings = certificates.faults.map {
            warning("secret \(state.names.secret)", "cannot be read wholly: \($0)", certificateRemedy)
        }
        var request = CertificateRequest.service(state.names.service, namespace: state.names.namespace)
        // What others made is for the name that clients ask for.
        if state.settings.givenSecret != nil { request.dnsNames = [request.dnsNames[0]] }
        for name in names {
            let subject = "certificate \(name)"
            guard let leaf = certificates.leaves[name] else {
                findings.append(problem(subject, "is not in the Secret \(state.names.secret)", certificateRemedy))
                continue
            }
            if leaf.notAfter <= state.now {
                findings.append(problem(subject, "has been out of date since \(leaf.notAfter)", certificateRemedy))
            } else if leaf.notBefore > state.now {
                findings.append(problem(subject, "is not valid before \(leaf.notBefore)", "set the clocks right"))
            } else if !leaf.covers(request) {
                findings.append(warning(subject, "is not for \(request.dnsNames[0])", certificateRemedy))
            } else if RenewalDeadline.of(notBefore: leaf.notBefore, notAfter: leaf.notAfter) <= state.now {
                findings.append(warning(subject, "ends at \(leaf.notAfter) and was not renewed", certificateRemedy))
            } else {
                findings.append(ok(subject, "is good until \(leaf.notAfter)"))
            }
        }
        return findings
    }
}
