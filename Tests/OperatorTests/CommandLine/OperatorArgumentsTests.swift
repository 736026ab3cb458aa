import TestSupport
import Testing

/// Which arguments `swiftlet operator` takes. None of the runs gets further than to its kubeconfig, which is not there.
@Suite(.blocking)
struct OperatorArgumentsTests {
    private func run(_ arguments: String...) throws -> SwiftletProgram.Run {
        try SwiftletProgram.run(["operator"] + arguments + ["--kubeconfig", "/nonexistent/config"])
    }

    @Test(
        arguments: [
            "--sidecar-cpu-request", "--sidecar-memory-request", "--sidecar-cpu-limit", "--sidecar-memory-limit",
            "--init-cpu-request", "--init-memory-request", "--init-cpu-limit", "--init-memory-limit",
        ]
    )
    func anAmountMayBeNoneAndMustNotBeNothing(option: String) throws {
        for amount in ["none", "250m", "1.34217728e+08"] {
            let taken = try run("\(option)=\(amount)")
            #expect(taken.status == 1, "\(amount): \(taken.errors)")
            #expect(taken.errors.contains("/nonexistent/config"))
        }
        for amount in ["", "0", "0m", "lots"] {
            let refused = try run("\(option)=\(amount)")
            #expect(refused.status == 64, "\(amount): \(refused.errors)")
            #expect(refused.errors.contains(option))
        }
    }

    @Test(arguments: ["https://user:password@collector:4318", "http://password@collector/path"])
    func aCollectorIsNamedWithoutAPassword(url: String) throws {
        let refused = try run("--otlp-endpoint", url)
        #expect(refused.status == 64)
        #expect(refused.errors.contains("--otlp-endpoint takes no user and password"))
        #expect(!refused.errors.contains("password@"))
    }

    @Test func annotationsOfIngressesAreAllowedByNameOrBeginning() throws {
        let option = "--allowed-ingress-annotations"
        let taken = try run(option, "example.com/team,example.org/*", "\(option)=plain")
        #expect(taken.status == 1, "\(taken.errors)")
        #expect(taken.errors.contains("/nonexistent/config"))
        for pattern in ["*", "a b", "example.com/"] {
            let refused = try run(option, pattern)
            #expect(refused.status == 64, "\(pattern): \(refused.errors)")
            #expect(refused.errors.contains(option))
        }
    }

    @Test func anAtSignBehindTheHostIsNoPassword() throws {
        let taken = try run("--otlp-endpoint", "http://collector:4318/a@b")
        #expect(taken.status == 1, "\(taken.errors)")
    }
}
