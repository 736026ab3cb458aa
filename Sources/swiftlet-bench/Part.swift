import ArgumentParser

/// What can be measured on its own.
enum Part: String, CaseIterable, ExpressibleByArgument {
    case informer = "a"
    case convergence = "b"
    case restart = "c"
    case idle = "d"
    case mesh = "e"
    case injection = "f"
    case rollout = "g"
    case attack = "h"

    static let ofWebServers: Set<Part> = [.convergence, .restart, .idle]
}

/// The parts of `--only`, such as `a,c`.
struct PartList: ExpressibleByArgument {
    var parts: Set<Part>

    init?(argument: String) {
        let parts = argument.split(separator: ",").map { Part(rawValue: String($0)) }
        guard !parts.isEmpty, !parts.contains(nil) else { return nil }
        self.parts = Set(parts.compactMap(\.self))
    }

    init(_ parts: Set<Part>) { self.parts = parts }

    var defaultValueDescription: String { parts.map(\.rawValue).sorted().joined(separator: ",") }
}
