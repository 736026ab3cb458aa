import KubeRuntime

/// One random schedule of several replicas, decided by its seed.
///
/// What may happen: clocks that show different times and run at rates up to `drift` apart; processes that are frozen at any step, also between reading the clock and
/// acting on it, and between a write's last look at the gate and its way to the server; a server that is slow or away; requests and answers that are lost, late
/// or doubled; watches that break or lag; replicas that die, end or join.
///
/// What must hold:
/// - A write that passes the gate is sent while nobody else was granted the lease since, and arrives so, if it is under way for no longer than `transit`.
/// - No two gates are open at a time.
/// - When all is calm, somebody leads.
struct ElectionSimulation {
    /// What is left out, to see that it is missed.
    enum Flaw: String, CaseIterable, Sendable {
        case none
        /// Whoever believes to lead writes.
        case fenceIsOut
        /// The lease is used to its end.
        case marginIsGone
        /// The lease counts from its answer instead of from its request.
        case deadlineFromAnswer
        /// The lease is given up while writes are under way.
        case releaseWithoutDrain
    }

    struct Finding: Error, CustomStringConvertible {
        let seed: UInt64
        let time: Int64
        let what: String
        var description: String { "seed \(seed), after \(Double(time) / 1e9) s: \(what)" }
    }

    /// What happened, to see that schedules are worth their time.
    struct Tally: Sendable {
        var terms = 0
        var writes = 0
        var heldBack = 0
        var events = 0

        mutating func add(_ other: Tally) {
            terms += other.terms
            writes += other.writes
            heldBack += other.heldBack
            events += other.events
        }
    }

    enum Event {
        case wake(Int, number: Int)
        case perform(Int, [Election.Action], clock: Int64)
        case arrive(Int, call: Int, SimulatedCall)
        case answer(Int, call: Int, Election.Input)
        case watch(Int, LeaseState?)
        case drained(Int)
        case begin(Int, term: Int)
        case send(Int, term: Int)
        case effect(Int, term: Int)
        case disturb
        case calm
    }

    private static let origin = ContinuousClock.now
    private static let second: Int64 = 1_000_000_000
    /// How long faults are thrown in, and how long it then takes until somebody must lead: what was under way comes to rest, the lease of one
    /// that is gone runs out, and another takes it.
    static let stormy = 35 * second
    static let length = stormy + 40 * second
    /// Clocks are as much too fast or too slow at most.
    static let drift = 0.02
    /// The longest way of a write whose arrival is answered for.
    static let transit = second

    let seed: UInt64
    let flaw: Flaw
    let times: ElectionTimes
    private(set) var tally = Tally()
    private var random: SplitMix64
    private var replicas: [SimulatedReplica] = []
    private var lease = SimulatedLease()
    private var agenda = Agenda<Event>()
    private var now: Int64 = 0
    private var isStormy = true
    /// When the server answers nobody.
    private var away: (from: Int64, until: Int64) = (0, 0)

    init(seed: UInt64, flaw: Flaw = .none) {
        self.seed = seed
        self.flaw = flaw
        random = SplitMix64(seed: seed)
        times = ElectionTimes(retryPeriod: .seconds([2, 4, 6][Int(random.next() % 3)]))
    }

    /// - Throws: ``Finding``.
    mutating func run() throws {
        for _ in 0..<(2 + Int(random.next() % 2)) { join() }
        agenda.add(.disturb, at: below(3 * Self.second))
        agenda.add(.calm, at: Self.stormy)
        while let (time, event) = agenda.next(), time < Self.length {
            now = time
            tally.events += 1
            try handle(event)
        }
        now = Self.length
        let leaders = replicas.filter { $0.isUp && $0.isGateOpen(at: now) }.count
        guard leaders == 1 else { throw finding("\(leaders) lead after all has been calm") }
    }

    // MARK: - Events

    private mutating func handle(_ event: Event) throws {
        switch event {
        case .wake(let number, let wake):
            guard let replica = awake(number, event), replica.wake == wake else { return }
            try step(replica, .wokeUp)
        case .perform(let number, let actions, let clock):
            guard let replica = awake(number, event) else { return }
            for action in actions { try perform(action, replica, clock) }
        case .arrive(let number, let call, let what):
            arrive(replicas[number], call, what)
        case .answer(let number, let call, let input):
            guard let replica = awake(number, event), replica.call == call else { return }
            replica.call += 1
            try step(replica, input)
        case .watch(let number, let state):
            guard let replica = awake(number, event) else { return }
            try step(replica, .observed(state))
        case .drained(let number):
            guard let replica = awake(number, event) else { return }
            try step(replica, .drained)
        case .begin(let number, let term): begin(number, term, event)
        case .send(let number, let term): try send(number, term, event)
        case .effect(let number, let term):
            let replica = replicas[number]
            replica.pending = max(0, replica.pending - 1)
            // What was on its way for longer is not answered for.
            if lease.granted != number {
                throw finding("a write of \(number) in its term \(term) arrives while \(leader) leads")
            }
        case .disturb: disturb()
        case .calm: calm()
        }
    }

    /// The replica, if it runs; what finds it frozen happens when it goes on.
    private mutating func awake(_ number: Int, _ event: Event) -> SimulatedReplica? {
        let replica = replicas[number]
        guard replica.isUp else { return nil }
        guard replica.frozenUntil <= now else {
            agenda.add(event, at: replica.frozenUntil)
            return nil
        }
        return replica
    }

    private mutating func step(_ replica: SimulatedReplica, _ input: Election.Input) throws {
        let clock = replica.clock(at: now)
        let actions = replica.election.step(input, now: Self.instant(clock))
        replica.wake += 1
        if let wakeAt = replica.election.wakeAt {
            agenda.add(
                .wake(replica.number, number: replica.wake),
                at: max(now + 1, replica.time(of: Self.clock(wakeAt)))
            )
        }
        // A process may be frozen between looking at the clock and acting on it.
        if isStormy, chance(0.02) {
            replica.frozenUntil = now + below(25 * Self.second)
            agenda.add(.perform(replica.number, actions, clock: clock), at: replica.frozenUntil)
        } else {
            for action in actions { try perform(action, replica, clock) }
        }
    }

    private mutating func perform(_ action: Election.Action, _ replica: SimulatedReplica, _ clock: Int64) throws {
        switch action {
        case .read: call(replica, .read, after: 0)
        case .write(let write):
            replica.sent = Self.clock(write.sent)
            var delay: Int64 = 0
            if write.purpose == .release, flaw != .releaseWithoutDrain {
                let quiet = replica.lastGivenUp + Self.nanoseconds(times.margin)
                delay = max(0, Int64(Double(quiet - replica.clock(at: now)) / replica.rate))
            }
            call(replica, .write(write), after: delay)
        case .lead(let until):
            replica.term += 1
            replica.isWorking = true
            tally.terms += 1
            try open(replica, until, clock)
            agenda.add(.begin(replica.number, term: replica.term), at: now + below(Self.second))
        case .extend(let until): try open(replica, until, clock)
        case .stopLeading:
            replica.gate = .min
            replica.isWorking = false
            if replica.pending > 0 {
                replica.pending = 0
                replica.lastGivenUp = replica.clock(at: now)
            }
            agenda.add(.drained(replica.number), at: now + below(Self.second / 10))
        case .end: replica.isUp = false
        }
    }

    private mutating func open(_ replica: SimulatedReplica, _ until: Election.Instant, _ clock: Int64) throws {
        var until = Self.clock(until)
        switch flaw {
        case .marginIsGone: until = replica.sent + Self.nanoseconds(times.leaseDuration)
        case .deadlineFromAnswer: until = clock + Self.nanoseconds(times.leaseDuration)
        default: break
        }
        replica.gate = until
        guard flaw != .fenceIsOut, replica.isGateOpen(at: now) else { return }
        for other in replicas where other !== replica && other.isUp && other.isGateOpen(at: now) {
            throw finding("\(replica.number) leads while the gate of \(other.number) is open")
        }
    }

    // MARK: - Calls about the lease

    private mutating func call(_ replica: SimulatedReplica, _ call: SimulatedCall, after delay: Int64) {
        let number = replica.call
        let leaves = now + delay
        let timeout = replica.time(of: replica.clock(at: leaves) + Self.nanoseconds(times.callTimeout))
        agenda.add(.answer(replica.number, call: number, .failed), at: timeout)
        let arrives = leaves + below(replica.slowness)
        guard !isUnreachable(replica, at: arrives) else { return }
        if isStormy, chance(0.03) { return }
        agenda.add(.arrive(replica.number, call: number, call), at: arrives)
        if isStormy, chance(0.03) {
            agenda.add(.arrive(replica.number, call: number, call), at: arrives + below(20 * Self.second))
        }
    }

    private mutating func arrive(_ replica: SimulatedReplica, _ call: Int, _ what: SimulatedCall) {
        let before = lease.state
        // Wall clocks show anything.
        let wall = Int64(bitPattern: random.next() >> 20)
        let answer = lease.carryOut(what, of: replica.number, replica.identity, times, wall: wall)
        let input: Election.Input =
            switch answer {
            case .read(let state): .read(state)
            case .written(let state): .written(state)
            case .conflict: .conflicted
            }
        let back = now + below(replica.slowness)
        let isLost = isUnreachable(replica, at: back) || isStormy && chance(0.03)
        if !isLost { agenda.add(.answer(replica.number, call: call, input), at: back) }
        guard lease.state != before else { return }
        for other in replicas where other.isUp && !other.watchIsBroken {
            let lag = isStormy && chance(0.05) ? below(20 * Self.second) : below(other.slowness)
            agenda.add(.watch(other.number, lease.state), at: now + lag)
        }
    }

    private func isUnreachable(_ replica: SimulatedReplica, at time: Int64) -> Bool {
        away.from <= time && time < away.until || replica.isCutOff.from <= time && time < replica.isCutOff.until
    }

    // MARK: - Writes of whoever leads

    private mutating func begin(_ number: Int, _ term: Int, _ event: Event) {
        guard let replica = awake(number, event), replica.isWorking, replica.term == term else { return }
        agenda.add(.begin(number, term: term), at: now + below(5 * Self.second))
        agenda.add(.send(number, term: term), at: now + below(Self.second / 2))
    }

    private mutating func send(_ number: Int, _ term: Int, _ event: Event) throws {
        guard let replica = awake(number, event) else { return }
        let passes = replica.term == term && (flaw == .fenceIsOut ? replica.isWorking : replica.isGateOpen(at: now))
        guard passes else {
            tally.heldBack += 1
            return
        }
        tally.writes += 1
        if lease.granted != number {
            throw finding("\(number) sends a write in its term \(term) while \(leader) leads")
        }
        replica.pending += 1
        // Between the last look and the wire it may be frozen, but not for longer than the way may take.
        agenda.add(.effect(number, term: term), at: now + below(Self.transit))
    }

    // MARK: - Faults

    private mutating func disturb() {
        guard isStormy else { return }
        agenda.add(.disturb, at: now + below(6 * Self.second))
        let replica = replicas[Int(random.next() % UInt64(replicas.count))]
        switch random.next() % 12 {
        case 0...3: replica.frozenUntil = max(replica.frozenUntil, now + below(30 * Self.second))
        case 4: away = (now, now + below(25 * Self.second))
        case 5...6: replica.isCutOff = (now, now + below(25 * Self.second))
        case 7...8:
            replica.slowness = [20_000_000, 400_000_000, 3 * Self.second, 8 * Self.second][Int(random.next() % 4)]
        case 9: replica.watchIsBroken.toggle()
        case 10:
            // Killed, and another one comes.
            replica.isUp = false
            join()
        default:
            // Ends as a rollout has it.
            guard replica.isUp, replica.frozenUntil <= now else { return }
            let actions = replica.election.step(.resign, now: Self.instant(replica.clock(at: now)))
            replica.wake += 1
            agenda.add(.perform(replica.number, actions, clock: replica.clock(at: now)), at: now)
            if let wakeAt = replica.election.wakeAt {
                agenda.add(.wake(replica.number, number: replica.wake), at: replica.time(of: Self.clock(wakeAt)))
            }
            join()
        }
    }

    private mutating func calm() {
        isStormy = false
        away = (0, 0)
        for replica in replicas {
            replica.frozenUntil = min(replica.frozenUntil, now + Self.second)
            replica.isCutOff = (0, 0)
            replica.slowness = 20_000_000
            // A watch that is made anew begins with what there is.
            replica.watchIsBroken = false
            agenda.add(.watch(replica.number, lease.state), at: now + Self.second)
        }
        if !replicas.contains(where: { $0.isUp }) { join() }
    }

    private mutating func join() {
        let replica = SimulatedReplica(
            number: replicas.count,
            seed: random.next(),
            times: times,
            offset: below(1000 * Self.second),
            rate: 1 + Self.drift * (2 * random.nextFraction() - 1)
        )
        replicas.append(replica)
        agenda.add(.wake(replica.number, number: 0), at: now + below(Self.second))
    }

    // MARK: - Helpers

    private var leader: String { lease.granted.map { "\($0)" } ?? "nobody" }

    private func finding(_ what: String) -> Finding { Finding(seed: seed, time: now, what: what) }

    private mutating func below(_ limit: Int64) -> Int64 { Int64(random.next() % UInt64(limit)) }
    private mutating func chance(_ probability: Double) -> Bool { random.nextFraction() < probability }

    private static func instant(_ clock: Int64) -> Election.Instant { origin.advanced(by: .nanoseconds(clock)) }
    private static func clock(_ instant: Election.Instant) -> Int64 { nanoseconds(origin.duration(to: instant)) }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * second + attoseconds / second
    }
}
