import JSON
import KubeModel

/// What was last read of a Secret that is ours, so that one that was deleted can be restored.
///
/// Clients trust the authority that is lost with the Secret. Sidecars that were connected could not connect again to a server that shows a
/// certificate by another one.
struct CertificateMemory: Sendable {
    private var last: CertificateState?
    /// Labels and annotations of the Secret.
    private(set) var metadata: JSONValue?

    /// Notes what was read or written. Nothing is forgotten because of a Secret that lacks it.
    ///
    /// - Parameter stored: the Secret as it was read last; `nil` in it leaves the labels and annotations to whoever creates one.
    mutating func note(_ state: CertificateState, _ stored: StoredCertificates) {
        guard state.signer != nil else { return }
        last = state
        guard let former = stored.object?["metadata"] else { return }
        metadata = .compact(["labels": former["labels"], "annotations": former["annotations"]])
    }

    /// What to write in place of a Secret that is gone, or from which everything was removed.
    ///
    /// - Parameters:
    ///   - exists: whether there is a Secret.
    ///   - state: what could be read of it.
    /// - Returns: `nil` when there is nothing to restore, or the authority that would be restored has expired.
    func restoration(exists: Bool, of state: CertificateState, now: Timestamp) -> CertificateState? {
        guard !exists || state.isEmpty, let last, let signer = last.signer, signer.notAfter > now else { return nil }
        return last
    }
}

extension CertificateState {
    /// Whether it has neither authorities nor certificates, readable or not.
    fileprivate var isEmpty: Bool {
        authorities.isEmpty && signer == nil && next == nil && leaves.isEmpty && faults.isEmpty
    }
}
