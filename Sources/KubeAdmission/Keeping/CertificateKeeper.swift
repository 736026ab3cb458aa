import CoreMetrics
import KubeClient
import KubeModel
import KubeRuntime
import Logging
import ServiceLifecycle
import X509

/// Keeps certificates for servers, and has clients trust them: ``CertificateRotation`` decides, this does.
///
/// Level-based: each round reads what is published and the Secret, and acts on that. A round follows a change, the moment that the rotation
/// named, and ``CertificateKeeperOptions/interval``. Every replica runs one, leader or not: one that may not write shows what is there, and looks again
/// when that changes.
///
/// # Errors
/// None ends it. A Secret or a bundle that cannot be read or written is logged, counted and tried again after a while; what is shown goes on
/// being shown.
package final class CertificateKeeper: Service {
    private let options: CertificateKeeperOptions
    private let storage: any CertificateStorage
    private let publishers: [any BundlePublisher]
    private let watches: [any KindReflecting]
    private let certificates: [String: ServingCertificate]
    private let time: TimeSource
    private let metrics: CertificateMetrics
    private let logger: Logger
    private let wakeUp: WakeUp

    /// - Parameters:
    ///   - watches: run with it; their stores are to call `wakeUp` at each change.
    package init(
        options: CertificateKeeperOptions,
        storage: any CertificateStorage,
        publishers: [any BundlePublisher],
        watches: [any KindReflecting] = [],
        wakeUp: WakeUp = WakeUp(),
        time: TimeSource = .system,
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.options = options
        self.storage = storage
        self.publishers = publishers
        self.watches = watches
        self.wakeUp = wakeUp
        self.time = time
        self.metrics = CertificateMetrics(factory: metrics)
        self.logger = logger
        certificates = Dictionary(
            options.requests.map { ($0.name, ServingCertificate(name: $0.name)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The certificate of a request, for a server to show; the same at each call. `nil` when there is no such request.
    package func certificate(_ name: String = "tls") -> ServingCertificate? { certificates[name] }

    /// Has it look at once.
    package func lookNow() { wakeUp.call() }

    /// Keeps the certificates until a graceful shutdown or the task's cancellation.
    package func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup { group in
                for watch in watches { group.addTask { await watch.run() } }
                group.addTask { await self.keep() }
            }
        }
    }

    // MARK: - Rounds

    private enum Outcome {
        /// Something was changed: what follows from it is to be seen to at once.
        case again
        case settled(until: Timestamp)
    }

    private static let backoff = BackoffPolicy(base: .seconds(1), cap: .seconds(30))
    /// So many rounds may follow one another at once. More means that somebody works against us.
    private static let mostRounds = 12

    private func keep() async {
        var rotation = CertificateRotation(
            policy: options.policy,
            names: options.requests.map(\.name),
            issues: options.issues
        )
        var random = SplitMix64(seed: .random(in: 0 ... .max))
        var failures = 0
        var rounds = 0
        var faults: [String] = []
        var given = GivenCertificates()
        var memory = CertificateMemory()
        while !Task.isCancelled {
            var wait: TimeSource.Instant?
            do {
                switch try await round(&rotation, &given, &memory, &faults) {
                case .again where rounds < Self.mostRounds: rounds += 1
                case .again:
                    throw AdmissionError(.publication, "certificates or bundles are changed by others all the time")
                case .settled(let moment):
                    (failures, rounds) = (0, 0)
                    let pause = min(time.wall.timestamp.duration(to: moment), options.interval)
                    wait = time.now.advanced(by: max(pause, .seconds(1)))
                }
            } catch {
                guard !Task.isCancelled else { return }
                if error.isLeftToTheLeader {
                    (failures, rounds) = (0, 0)
                    await wakeUp.wait(until: time.now.advanced(by: options.interval), time: time)
                    continue
                }
                metrics.failed()
                logger.error("certificates cannot be kept", metadata: ["error": "\(error)"])
                let delay = Self.backoff.delay(previousFailures: failures, minimum: .milliseconds(200), using: &random)
                (failures, rounds) = (failures + 1, 0)
                do { try await time.sleep(until: time.now.advanced(by: delay)) } catch { return }
            }
            if let wait { await wakeUp.wait(until: wait, time: time) }
        }
    }

    private func round(
        _ rotation: inout CertificateRotation,
        _ given: inout GivenCertificates,
        _ memory: inout CertificateMemory,
        _ faults: inout [String]
    ) async throws -> Outcome {
        // Bundles first: what is published later is refused when a bundle changed since, so that an old Secret never wins.
        let (published, unread) = await readPublished()
        let stored = try await storage.read()
        let now = time.wall.timestamp
        var state = CertificateState(data: stored.data, names: options.requests.map(\.name))
        if options.issues {
            tell(state.faults, &faults)
            if let lost = memory.restoration(exists: stored.object != nil, of: state, now: now) {
                try await restore(lost, in: StoredCertificates(object: stored.object, formerMetadata: memory.metadata))
                return .again
            }
            memory.note(state, stored)
        } else {
            let shown = certificates.values.compactMap(\.current)
            given.examine(stored, &state, for: options.requests, shown: shown, now: now)
            note(given.problems)
        }
        let actions = rotation.step(
            now: now,
            secret: stored.object == nil ? nil : state.view(of: options.requests),
            published: published?.flatMap { place in place.bundle.bundles.map(\.ids) }
        )
        let texts = published.map { places in places.flatMap { $0.bundle.texts.compactMap(\.self) } }
        let serving = Result { try serve(actions, state, &rotation, texts) }
        let publishing = await publish(actions, state.bundle, published ?? [])
        noteState(state, rotation, texts)
        let writing: Result<Bool, any Error>
        do {
            writing = .success(try await write(actions, state, stored, published ?? [], now, &memory))
        } catch {
            writing = .failure(error)
        }
        // Before what a replica that does not lead is refused anyway, and what would hide them.
        try serving.get()
        if let unread { throw unread }
        let isWritten = try writing.get()
        guard try !publishing.get(), !isWritten else { return .again }
        for case .checkAgain(let moment) in actions { return .settled(until: moment) }
        return .settled(until: now.advanced(by: options.interval))
    }

    // MARK: - Actions

    private typealias Published = (publisher: any BundlePublisher, bundle: PublishedBundle)

    private func readPublished() async -> ([Published]?, (any Error)?) {
        var published: [Published] = []
        for publisher in publishers {
            do {
                published += try await publisher.read().map { (publisher, $0) }
            } catch {
                return (nil, AdmissionError(.publication, "cannot read \(publisher.description)", cause: error))
            }
        }
        return (published, nil)
    }

    private func serve(
        _ actions: [RotationAction],
        _ state: CertificateState,
        _ rotation: inout CertificateRotation,
        _ published: [String]?
    ) throws {
        for case .serve(let name, let leaf) in actions {
            guard let issued = state.leaves[name], let certificate = certificates[name] else { continue }
            let isPublished = rotation.isPublished(leaf.issuer)
            certificate.set(
                try ServedCertificate(
                    issued,
                    bundle: state.bundle,
                    isPublished: isPublished,
                    published: published?.isEmpty == false ? published : nil
                )
            )
            rotation.didServe(name, leaf)
            metrics.lives(name, from: leaf.notBefore, to: leaf.notAfter)
            logger.info("showing a certificate", metadata: ["name": "\(name)", "until": "\(leaf.notAfter)"])
        }
    }

    /// - Returns: whether something was published, or has to be read again.
    private func publish(
        _ actions: [RotationAction],
        _ bundle: CertificateBundle,
        _ published: [Published]
    ) async -> Result<Bool, any Error> {
        guard actions.contains(.publish) else { return .success(false) }
        var failure: (any Error)?
        var isChanged = false
        for (publisher, old) in published
        where !old.isKeptByOthers && old.bundles.contains(where: { $0.ids != bundle.ids }) {
            do {
                if try await publisher.publish(bundle, replacing: old) {
                    let authorities = bundle.authorities.map { "\($0.certificate.subject)" }.joined(separator: ", ")
                    logger.info(
                        "published a bundle",
                        metadata: ["in": "\(old.place)", "authorities": "\(authorities)"]
                    )
                }
                isChanged = true
            } catch {
                failure = AdmissionError(.publication, "cannot publish the bundle in \(old.place)", cause: error)
            }
        }
        return failure.map { .failure($0) } ?? .success(isChanged)
    }

    /// - Returns: whether the Secret was changed, by us or by somebody who was faster.
    private func write(
        _ actions: [RotationAction],
        _ state: CertificateState,
        _ stored: StoredCertificates,
        _ published: [Published],
        _ now: Timestamp,
        _ memory: inout CertificateMemory
    ) async throws -> Bool {
        let changes = actions.filter(\.changesSecret)
        guard !changes.isEmpty else { return false }
        var known: [AuthorityID: CertificateAuthority] = [:]
        let bundles = published.flatMap { $0.bundle.bundles } + certificates.values.compactMap { $0.current?.bundle }
        for authority in bundles.flatMap(\.authorities) { known[authority.id] = authority }
        var state = state
        for change in changes {
            try state.apply(
                change,
                now: now,
                policy: options.policy,
                authorityName: options.authorityName,
                requests: options.requests,
                known: known
            )
        }
        do {
            if try await storage.write(try state.data(), replacing: stored) {
                // It may be deleted before it is read.
                if options.issues { memory.note(state, stored) }
                logger.info(
                    "wrote certificates",
                    metadata: ["to": "\(storage.description)", "changes": .array(changes.map { "\($0)" })]
                )
            }
            return true
        } catch let error as AdmissionError {
            throw error
        } catch {
            throw AdmissionError(.secret, "cannot write \(storage.description)", cause: error)
        }
    }

    /// Writes what the Secret had before it was deleted, unless somebody else was faster.
    private func restore(_ state: CertificateState, in stored: StoredCertificates) async throws {
        do {
            guard try await storage.write(try state.data(), replacing: stored) else { return }
        } catch {
            throw AdmissionError(.secret, "cannot restore \(storage.description)", cause: error)
        }
        logger.warning(
            "restored the certificates: their Secret was deleted or emptied",
            metadata: ["to": "\(storage.description)"]
        )
    }

    private func noteState(_ state: CertificateState, _ rotation: CertificateRotation, _ published: [String]?) {
        for certificate in certificates.values {
            guard let current = certificate.current else { continue }
            certificate.update(
                bundle: state.bundle,
                isPublished: rotation.isPublished(current.issuer),
                published: published?.isEmpty == true ? [state.bundle.pem] : published
            )
        }
        if let signer = state.signer { metrics.lives("ca", from: signer.notBefore, to: signer.notAfter) }
    }

    /// Tells why what somebody else stored is not taken on, once.
    private func note(_ problems: [String: String]) {
        for (name, certificate) in certificates.sorted(by: { $0.key < $1.key }) {
            let fault = problems[name].map { "\(storage.description) is not taken on: \($0)" }
            guard certificate.fault != fault else { continue }
            certificate.note(fault: fault)
            if let fault {
                logger.error("the given certificate is not taken on", metadata: ["reason": "\(fault)"])
            } else {
                logger.notice("the given certificate is right again", metadata: ["in": "\(storage.description)"])
            }
        }
    }

    /// Tells of what could not be read, once.
    private func tell(_ faults: [String], _ told: inout [String]) {
        guard faults != told else { return }
        told = faults
        for fault in faults {
            logger.warning("\(storage.description) cannot be read wholly", metadata: ["fault": "\(fault)"])
        }
    }
}

extension Error {
    /// Whether it tells that a ``WriteFence`` is closed.
    fileprivate var isLeftToTheLeader: Bool {
        if let error = self as? AdmissionError { return error.cause?.isLeftToTheLeader ?? false }
        return (self as? KubeError)?.isNotLeading ?? false
    }
}
