import JSON
import KubeModel

extension InstallDiagnosis {
    /// What the running pods themselves say is missing.
    var readiness: [Doctor.Finding] {
        state.readiness.sorted { $0.key < $1.key }.flatMap { pod, answer in
            switch answer {
            case .absent: return [Doctor.Finding]()
            case .unreadable(let why):
                let command = "\(state.kubectl) port-forward pod/\(pod) 8080 & curl 'localhost:8080/readyz?verbose'"
                return [warning("readiness of \(pod)", "cannot be asked: \(why)", "ask by hand: \(command)")]
            case .found(let text): return examine(readiness: text, of: pod)
            }
        }
    }

    /// - Parameter text: lines such as `[-]secrets forbidden`.
    private func examine(readiness text: String, of pod: String) -> [Doctor.Finding] {
        let findings = text.split(separator: "\n").compactMap { line -> Doctor.Finding? in
            let words = line.dropFirst(3).split(separator: " ")
            guard let check = words.first, let condition = words.dropFirst().first else { return nil }
            let fails = line.hasPrefix("[-]")
            // Kinds that the operator can do without pass whatever their state.
            guard fails || ["forbidden", "stalled"].contains(condition) else { return nil }
            let remedy =
                switch condition {
                case "forbidden": "grant the roles that the chart makes, or those of: swiftlet crds --role"
                case "notInstalled": "install the resources: swiftlet crds | kubectl apply --server-side -f -"
                default: "\(state.kubectl) logs \(pod)"
                }
            return Doctor.Finding(
                severity: fails ? .problem : .warning,
                subject: "readiness of \(pod)",
                message: "\(check) is \(condition)",
                remedy: remedy
            )
        }
        guard findings.isEmpty else { return findings }
        return [ok("readiness of \(pod)", "all checks pass")]
    }

    // MARK: - Lease

    /// How long after its duration a Lease counts as left behind; clocks differ.
    private static let leaseGrace: Int64 = 5

    /// Who leads.
    var lease: [Doctor.Finding] {
        let subject = "lease \(state.names.lease)"
        guard state.settings.elects else {
            return [ok(subject, "is not needed: the only replica leads (--no-leader-election)")]
        }
        switch state.lease {
        case .unreadable(let why): return [unseen(subject, why)]
        case .absent:
            return [
                warning(
                    subject,
                    "is not there: no replica has led yet",
                    "\(state.kubectl) logs -l app.kubernetes.io/name=swiftlet --tail=50"
                )
            ]
        case .found(let lease): return [examine(lease: lease, subject)]
        }
    }

    private func examine(lease: JSONValue, _ subject: String) -> Doctor.Finding {
        let spec = lease["spec"] ?? [:]
        let logs = "\(state.kubectl) logs -l app.kubernetes.io/name=swiftlet --tail=50"
        guard let holder = spec["holderIdentity"]?.stringValue, !holder.isEmpty else {
            return warning(subject, "is free: nobody leads at the moment", logs)
        }
        let since = spec["acquireTime"]?.stringValue.map { " since \($0.prefix(19))Z" } ?? ""
        guard let renewed = spec["renewTime"]?.stringValue.flatMap({ Timestamp("\($0.prefix(19))Z") }) else {
            return problem(subject, "is held by \(holder) and was never renewed", logs)
        }
        let age = state.now.secondsSinceEpoch - renewed.secondsSinceEpoch
        let duration = spec["leaseDurationSeconds"]?.intValue ?? 15
        if age > duration + Self.leaseGrace {
            return problem(
                subject,
                "was last renewed \(age) s ago by \(holder), of \(duration) s that it lasts: nobody leads, nothing is written",
                logs
            )
        }
        let names = state.pods.value?.compactMap { $0[path: "metadata", "name"]?.stringValue } ?? []
        guard names.isEmpty || names.contains(where: { holder.contains($0) }) else {
            return warning(
                subject,
                "is held by \(holder), which is no pod of this install: another one leads",
                "find it, and end one of the two: \(state.kubectl) get lease \(state.names.lease) -o yaml"
            )
        }
        return ok(subject, "\(holder) leads\(since)")
    }
}
