import Foundation
import Injection
import Operator
import Subprocess
import Synchronization
import Testing

/// With programs that stand in for those of iptables, each a script that notes what it is given.
@Suite(.timeLimit(.minutes(20)))
struct TransparentProxyInstallerTests {
    /// A folder that is all of the `PATH`.
    private final class Programs {
        let folder = FileManager.default.temporaryDirectory.appending(path: "swiftlet-\(UUID().uuidString)")

        init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

        deinit { do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) } }

        func add(_ name: String, _ script: String) throws {
            let file = folder.appending(path: name)
            try Data("#!/bin/sh\n\(script)\n".utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }

        /// A flavour that keeps its rules in a file, as far as that matters: what was restored last is what is saved.
        func addKeeping(_ flavour: String) throws {
            for family in ["iptables", "ip6tables"] {
                let file = folder.appending(path: "\(family)-\(flavour)-rules").path
                try add("\(family)-\(flavour)-save", "test ! -e \(file) || /bin/cat \(file)")
                try add(
                    "\(family)-\(flavour)-restore",
                    "echo \"$@\" >> \(folder.path)/arguments; /bin/cat > \(file)"
                )
            }
        }

        func text(_ name: String) throws -> String? {
            let file = folder.appending(path: name)
            guard FileManager.default.fileExists(atPath: file.path) else { return nil }
            return String(decoding: try Data(contentsOf: file), as: UTF8.self)
        }
    }

    private let programs: Programs
    private let told = Told()

    private final class Told: Sendable {
        let lines = Mutex<[String]>([])
    }

    init() throws { programs = try Programs() }

    private var installer: TransparentProxyInstaller {
        TransparentProxyInstaller(environment: .inherit.updating(["PATH": programs.folder.path])) { [told] line in
            told.lines.withLock { $0.append(line) }
        }
    }

    private var lines: [String] { told.lines.withLock { $0 } }

    @Test func nftIsTakenWhereItWorks() async throws {
        try programs.addKeeping("nft")
        try programs.addKeeping("legacy")
        try await installer.install(TransparentProxySettings())
        #expect(lines == ["ipv4: rules are in place (nft)", "ipv6: rules are in place (nft)"])
        #expect(try programs.text("iptables-nft-rules")?.contains("-j REDIRECT --to-ports 15001") == true)
        #expect(try programs.text("ip6tables-nft-rules")?.contains("::1") == true)
        #expect(try programs.text("iptables-legacy-rules") == nil)
        #expect(try programs.text("arguments") == "--noflush\n--noflush\n")
    }

    @Test(arguments: ["is not installed", "does not work"])
    func legacyIsTakenWhereNftDoesNotServe(_ why: String) async throws {
        try programs.addKeeping("legacy")
        if why == "does not work" {
            for family in ["iptables", "ip6tables"] {
                try programs.add("\(family)-nft-save", "echo 'Could not fetch rule set generation id' >&2; exit 1")
            }
        }
        try await installer.install(TransparentProxySettings())
        #expect(lines == ["ipv4: rules are in place (legacy)", "ipv6: rules are in place (legacy)"])
        // Another program may hold its lock.
        #expect(try programs.text("arguments") == "--noflush --wait=5\n--noflush --wait=5\n")
    }

    @Test func aMachineWithoutIPv6IsToldSo() async throws {
        try programs.addKeeping("legacy")
        try programs.add("ip6tables-legacy-save", "echo 'Address family not supported' >&2; exit 3")
        try await installer.install(TransparentProxySettings())
        #expect(lines.first == "ipv4: rules are in place (legacy)")
        #expect(
            lines.last == "ipv6: nothing is redirected, as this kernel cannot: ip6tables-nft-save is not installed; "
                + "ip6tables-legacy-save: Address family not supported"
        )
    }

    @Test func withoutIPv4NothingWorks() async throws {
        let error = await #expect(throws: TransparentProxyError.self) {
            try await installer.install(TransparentProxySettings())
        }
        #expect(
            error?.description
                == "transparent proxy: the rules cannot be read: iptables-nft-save is not installed; iptables-legacy-save is not installed"
        )
    }

    @Test func aRefusalIsToldInTheToolsWords() async throws {
        try programs.addKeeping("nft")
        try programs.add("iptables-nft-restore", "/bin/cat > /dev/null; echo 'line 7 failed' >&2; exit 2")
        let error = await #expect(throws: TransparentProxyError.self) {
            try await installer.install(TransparentProxySettings())
        }
        #expect(error?.message == "iptables-nft-restore: line 7 failed")
    }

    @Test func allThatIsThereIsRemovedInEveryFlavour() async throws {
        try programs.addKeeping("nft")
        try programs.addKeeping("legacy")
        let saved = """
            *nat
            :KUMA_MESH_OUTBOUND - [0:0]
            -A OUTPUT -p tcp -j KUMA_MESH_OUTBOUND
            COMMIT

            """
        for name in ["iptables-nft-rules", "iptables-legacy-rules"] {
            try Data(saved.utf8).write(to: programs.folder.appending(path: name))
        }
        try await installer.uninstall()
        #expect(lines == ["ipv4: rules are removed (nft)", "ipv4: rules are removed (legacy)"])
        for name in ["iptables-nft-rules", "iptables-legacy-rules"] {
            #expect(try programs.text(name)?.contains("-X KUMA_MESH_OUTBOUND") == true)
        }
        #expect(try programs.text("ip6tables-nft-rules") == nil)
    }

    @Test func whereThereIsNothingNothingIsRemoved() async throws {
        try await installer.uninstall()
        #expect(lines.isEmpty)
    }
}
