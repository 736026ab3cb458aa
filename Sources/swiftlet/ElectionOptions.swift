import ArgumentParser
import KubeModel
import KubeRuntime
import Operator

/// How replicas of the operator agree on which of them leads.
struct ElectionOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Write only while holding a Lease, so that several replicas can run.",
            discussion: "The Lease is in the namespace of the operator, which must exist."
        )
    )
    var leaderElection = true

    @Option(help: "Name of the Lease. Replicas that look after the same objects share one.")
    var leaseName = "swiftlet"

    @Option(help: "Seconds that a lease lasts when its holder falls silent.")
    var leaseDuration = 15.0

    @Option(help: "Seconds after which a leader that cannot renew its lease leads no more.")
    var renewDeadline = 10.0

    @Option(help: "Seconds between renewals of the lease, and between attempts to have it.")
    var retryPeriod = 2.0

    func validate() throws {
        for (option, seconds) in [
            ("--lease-duration", leaseDuration), ("--renew-deadline", renewDeadline), ("--retry-period", retryPeriod),
        ] where !(seconds >= 0.1 && seconds <= 3600) {
            throw ValidationError("\(option) takes a number of seconds from 0.1 to 3600.")
        }
        if let fault = times.fault {
            throw ValidationError("--lease-duration, --renew-deadline and --retry-period do not fit: \(fault).")
        }
    }

    private var times: ElectionTimes {
        ElectionTimes(
            leaseDuration: .seconds(leaseDuration),
            renewDeadline: .seconds(renewDeadline),
            retryPeriod: .seconds(retryPeriod)
        )
    }

    /// - Parameters:
    ///   - instance: the name of the pod or host.
    ///   - environment: has the pod's name and uid in `POD_NAME` and `POD_UID`.
    /// - Returns: `nil` for no election.
    func options(namespace: String, instance: String, environment: [String: String]) -> OperatorElection? {
        guard leaderElection else { return nil }
        let lease = ObjectKey(namespace: namespace, name: leaseName)
        var election = OperatorElection(lease: lease, instance: instance, times: times)
        if let name = environment["POD_NAME"], let uid = environment["POD_UID"], !name.isEmpty, !uid.isEmpty {
            election.pod = (name, UID(uid))
        }
        return election
    }
}
