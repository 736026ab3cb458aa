import KubeRuntime
import Logging
import Synchronization
import Testing
import Tracing

@testable import Telling

struct TellingLogHandlerTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var value: [String] { lines.withLock { $0 } }
        func add(_ bytes: [UInt8]) { lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } }
    }

    private struct Trouble: Error, CustomStringConvertible {
        var description: String { "it broke" }
    }

    private let lines = Lines()

    private func logger(_ format: LogFormat = .logfmt, provider: Logger.MetadataProvider? = nil) -> Logger {
        Logger(label: "test") { [lines] label in
            TellingLogHandler(
                label: label,
                format: format,
                output: LogOutput { lines.add($0) },
                metadataProvider: provider,
                now: { MicroTime(microsecondsSinceEpoch: 0) }
            )
        }
    }

    @Test func theNearestMetadataWins() {
        var logger = logger(provider: Logger.MetadataProvider { ["a": "provider", "b": "provider"] })
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger[metadataKey: "c"] = "logger"
        logger.info("m", metadata: ["a": "call"])
        #expect(lines.value.first?.contains(" a=call b=provider c=logger logger=test\n") == true)
    }

    @Test func levelsBelowTheLoggersAreLeftOut() {
        var logger = logger(.json)
        logger.logLevel = .warning
        logger.info("quiet")
        logger.error("loud", metadata: ["error": "\(Trouble())"])
        #expect(lines.value.count == 1)
        #expect(
            lines.value.first?.contains(#""level":"error","msg":"loud","logger":"test","error":"it broke""#) == true
        )
    }

    @Test func theSpanUnderWayIsNamed() {
        let logger = logger(provider: .span)
        let identity = SpanIdentity(
            traceID: SpanIdentity.TraceID(high: 1, low: 2),
            spanID: SpanIdentity.SpanID(3),
            isSampled: true
        )
        var context = ServiceContext.topLevel
        context.span = identity
        ServiceContext.withValue(context) { logger.info("within") }
        context.span?.isSampled = false
        ServiceContext.withValue(context) { logger.info("unsampled") }
        logger.info("without")
        let ids = " traceID=00000000000000010000000000000002 spanID=0000000000000003 "
        #expect(lines.value.map { $0.contains(ids) } == [true, false, false])
        #expect(!lines.value[1].contains("traceID"))
    }

    @Test func linesFromManyTasksStayWhole() async {
        let logger = logger(.json)
        await withTaskGroup { group in
            for task in 0..<8 { group.addTask { for line in 0..<50 { logger.info("\(task)-\(line)") } } }
        }
        #expect(lines.value.count == 400)
        #expect(lines.value.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}\n") && $0.count { $0 == "\n" } == 1 })
    }
}
