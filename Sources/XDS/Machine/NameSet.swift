import Synchronization

/// The names that a client asks for.
///
/// The proxies of a mesh ask for the same names. A set that does not change for a while is exchanged for an equal one of another
/// stream, so that a thousand proxies of a thousand services do not hold a million names.
struct NameSet {
    private var own: Set<String> = []
    private var shared: NameSets.Shared?
    /// What the names take: their text, and ``PushOptions/nameOverhead`` for each.
    private(set) var bytes = 0

    var count: Int { shared?.names.count ?? own.count }
    var isEmpty: Bool { count == 0 }
    /// Whether the names are in memory of this stream alone.
    var isOwn: Bool { shared == nil && !own.isEmpty }

    func contains(_ name: String) -> Bool { shared?.names.contains(name) ?? own.contains(name) }

    var all: Set<String> { shared?.names ?? own }

    @discardableResult
    mutating func insert(_ name: String) -> Bool {
        guard !contains(name) else { return false }
        unshare()
        bytes += name.utf8.count + PushOptions.nameOverhead
        return own.insert(name).inserted
    }

    @discardableResult
    mutating func remove(_ name: String) -> Bool {
        guard contains(name) else { return false }
        unshare()
        bytes -= name.utf8.count + PushOptions.nameOverhead
        return own.remove(name) != nil
    }

    mutating func share(_ sets: NameSets) {
        guard isOwn else { return }
        shared = sets.shared(own)
        own = []
    }

    private mutating func unshare() {
        guard let shared else { return }
        own = shared.names
        self.shared = nil
    }
}

/// The sets of names that streams share.
package final class NameSets: Sendable {
    fileprivate final class Shared: Sendable {
        let names: Set<String>

        init(_ names: Set<String>) { self.names = names }
    }

    private struct Weak {
        weak var set: Shared?
    }

    private struct State {
        var sets: [Int: Weak] = [:]
        var purgeAt = 64
    }

    private let state = Mutex(State())

    package init() {}

    fileprivate func shared(_ names: Set<String>) -> Shared {
        let key = names.hashValue
        return state.withLock { state in
            if let known = state.sets[key]?.set, known.names == names { return known }
            let new = Shared(names)
            state.sets[key] = Weak(set: new)
            if state.sets.count > state.purgeAt {
                state.sets = state.sets.filter { $0.value.set != nil }
                state.purgeAt = 2 * state.sets.count + 64
            }
            return new
        }
    }
}
