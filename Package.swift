// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    // The floors are one program: without this no generic code is specialised for the floor above it.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

extension Target {
    /// A floor of the house, with what it may import; `.ci/layers` checks the import lines.
    static func floor(
        _ name: String,
        _ floors: [String] = [],
        _ products: [Target.Dependency] = [],
        exclude: [String] = []
    ) -> Target {
        .target(
            name: name,
            dependencies: floors.map { .byName(name: $0) } + products,
            exclude: exclude,
            swiftSettings: strict
        )
    }

    /// The tests of one floor.
    static func tests(of floor: String, _ floors: [String] = [], _ products: [Target.Dependency] = []) -> Target {
        .testTarget(
            name: "\(floor)Tests",
            dependencies: [.byName(name: floor)] + floors.map { .byName(name: $0) } + products,
            swiftSettings: strict
        )
    }
}

extension Target.Dependency {
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
    static let systemPackage = product(name: "SystemPackage", package: "swift-system")
    static let deque = product(name: "DequeModule", package: "swift-collections")
    static let heap = product(name: "HeapModule", package: "swift-collections")
    static let logging = product(name: "Logging", package: "swift-log")
    static let metrics = product(name: "Metrics", package: "swift-metrics")
    static let coreMetrics = product(name: "CoreMetrics", package: "swift-metrics")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let certificates = product(name: "X509", package: "swift-certificates")
    static let nioHTTP2 = product(name: "NIOHTTP2", package: "swift-nio-http2")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let tracing = product(name: "Tracing", package: "swift-distributed-tracing")
    static let nioHPACK = product(name: "NIOHPACK", package: "swift-nio-http2")
    static let protobuf = product(name: "SwiftProtobuf", package: "swift-protobuf")
    static let metricsTestKit = product(name: "MetricsTestKit", package: "swift-metrics")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
}

let package = Package(
    name: "swiftlet",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .floor("JSON"),
        .floor("YAML", ["CYAML", "JSON"]),
        .floor("KubeModel", ["JSON"]),
        .floor("KubeApply", ["JSON", "KubeModel"], [.crypto]),
        .floor("KubeTransport", ["CCurl"]),
        .floor(
            "KubeClient",
            ["JSON", "YAML", "KubeModel", "KubeTransport"],
            [.logging, .metrics, .subprocess, .systemPackage, .tracing]
        ),
        .floor(
            "KubeRuntime",
            ["JSON", "KubeModel", "KubeTransport", "KubeClient"],
            [
                .coreMetrics, .deque, .heap, .hummingbirdCore, .logging, .nioCore, .nioHTTP1, .nioPosix,
                .serviceLifecycle, .tracing, .unixSignals,
            ]
        ),
        .floor(
            "Telling",
            ["JSON", "KubeModel", "KubeTransport", "KubeRuntime"],
            [.coreMetrics, .deque, .logging, .tracing]
        ),
        .floor(
            "KubeAdmission",
            ["JSON", "KubeModel", "KubeTransport", "KubeClient", "KubeRuntime"],
            [
                .asn1, .certificates, .coreMetrics, .crypto, .httpTypes, .hummingbirdCore, .logging,
                .nioCore, .nioPosix, .nioSSL, .serviceLifecycle, .tracing,
            ]
        ),
        .floor("SwiftletAPI", ["JSON", "YAML", "KubeModel"]),
        .floor("WebServers", ["JSON", "KubeModel", "KubeApply", "SwiftletAPI"], [.crypto]),
        .floor("Dataplanes", ["JSON", "KubeModel", "SwiftletAPI"]),
        .floor("TrafficPolicy", ["JSON", "KubeModel", "SwiftletAPI", "Dataplanes"]),
        .floor("Injection", ["JSON", "KubeModel", "SwiftletAPI"]),
        .floor("EnvoyAPI", [], [.protobuf], exclude: ["Protos", "generate.sh"]),
        .floor(
            "EnvoyConfig",
            ["JSON", "KubeModel", "SwiftletAPI", "Dataplanes", "TrafficPolicy", "EnvoyAPI"],
            [.crypto, .protobuf]
        ),
        .floor(
            "XDS",
            ["KubeRuntime", "EnvoyAPI"],
            [
                .coreMetrics, .deque, .logging, .nioCore, .nioHPACK, .nioHTTP2, .nioPosix, .nioSSL, .protobuf,
                .serviceLifecycle,
            ]
        ),
        .floor(
            "Operator",
            [
                "JSON", "YAML", "KubeModel", "KubeApply", "KubeTransport", "KubeClient", "KubeRuntime", "SwiftletAPI",
                "WebServers",
                "Dataplanes", "TrafficPolicy", "Injection", "EnvoyAPI", "EnvoyConfig", "XDS", "KubeAdmission",
                "Telling",
            ],
            [.coreMetrics, .crypto, .logging, .nioSSL, .serviceLifecycle, .subprocess, .tracing]
        ),
        .executableTarget(
            name: "swiftlet",
            dependencies: [
                "JSON", "YAML", "KubeModel", "KubeApply", "KubeTransport", "KubeClient", "KubeRuntime", "SwiftletAPI",
                "WebServers",
                "Dataplanes", "TrafficPolicy", "Injection", "EnvoyAPI", "EnvoyConfig", "XDS", "KubeAdmission",
                "Operator", "Telling", .argumentParser, .coreMetrics, .logging, .serviceLifecycle, .tracing,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "swiftlet-bench",
            dependencies: [
                "JSON", "KubeModel", "KubeTransport", "KubeClient", "KubeRuntime", "SwiftletAPI", "Injection",
                "EnvoyAPI",
                "XDS", "Operator",
                .argumentParser,
                .coreMetrics, .logging,
            ],
            swiftSettings: strict
        ),
        .target(name: "PollingSupport", path: "Tests/PollingSupport", swiftSettings: strict),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(
            name: "PollingSupportTests",
            dependencies: ["PollingSupport", "TestSupport"],
            swiftSettings: strict
        ),
        .tests(of: "JSON"),
        .tests(of: "YAML", ["JSON"]),
        .tests(of: "KubeModel", ["JSON", "TestSupport"]),
        .tests(of: "KubeApply", ["JSON", "KubeModel"]),
        .tests(of: "KubeTransport", ["CCurl", "TestSupport"]),
        .tests(of: "KubeClient", ["JSON", "YAML", "KubeModel", "KubeTransport", "TestSupport"], [.logging, .metrics]),
        .tests(
            of: "KubeRuntime",
            ["JSON", "KubeModel", "KubeTransport", "KubeClient", "TestSupport"],
            [.coreMetrics, .logging, .metricsTestKit, .nioCore, .nioPosix, .serviceLifecycle]
        ),
        .tests(
            of: "Telling",
            ["JSON", "KubeModel", "KubeTransport", "KubeRuntime", "PollingSupport", "TestSupport"],
            [.coreMetrics, .logging, .tracing]
        ),
        .tests(of: "SwiftletAPI", ["JSON", "YAML", "KubeModel"]),
        .tests(of: "WebServers", ["JSON", "KubeApply", "KubeModel", "SwiftletAPI"]),
        .tests(
            of: "KubeAdmission",
            ["JSON", "KubeModel", "KubeTransport", "KubeClient", "KubeRuntime", "PollingSupport", "TestSupport"],
            [.asn1, .certificates, .crypto, .logging, .nioCore, .nioPosix, .nioSSL, .serviceLifecycle]
        ),
        .tests(of: "Dataplanes", ["JSON", "YAML", "KubeModel", "SwiftletAPI", "TestSupport"]),
        .tests(of: "TrafficPolicy", ["JSON", "YAML", "KubeModel", "SwiftletAPI", "Dataplanes", "TestSupport"]),
        .tests(
            of: "Injection",
            ["JSON", "YAML", "KubeModel", "SwiftletAPI", "PollingSupport", "TestSupport"],
            [.subprocess]
        ),
        .tests(of: "EnvoyAPI", ["TestSupport"], [.protobuf]),
        .tests(
            of: "EnvoyConfig",
            [
                "JSON", "YAML", "KubeModel", "SwiftletAPI", "Dataplanes", "TrafficPolicy", "EnvoyAPI",
                "PollingSupport", "TestSupport",
            ],
            [.protobuf, .subprocess]
        ),
        .tests(
            of: "XDS",
            ["KubeRuntime", "EnvoyAPI", "PollingSupport", "TestSupport"],
            [
                .coreMetrics, .logging, .nioCore, .nioHPACK, .nioHTTP2, .nioPosix, .nioSSL, .protobuf,
                .serviceLifecycle, .subprocess,
            ]
        ),
        .tests(
            of: "Operator",
            [
                "JSON", "YAML", "KubeModel", "KubeApply", "KubeTransport", "KubeClient", "KubeRuntime", "SwiftletAPI",
                "WebServers", "Dataplanes", "TrafficPolicy", "Injection", "EnvoyAPI", "EnvoyConfig", "XDS",
                "KubeAdmission", "Telling",
                "PollingSupport", "TestSupport",
            ],
            [
                .coreMetrics, .cryptoExtras, .logging, .nioCore, .nioPosix, .protobuf, .subprocess, .systemPackage,
                .tracing,
            ]
        ),
        .testTarget(
            name: "ChartTests",
            dependencies: ["JSON", "KubeModel", "Operator", "YAML", .subprocess, .systemPackage],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "JSON", "YAML", "KubeModel", "KubeTransport", "KubeClient", "SwiftletAPI", "PollingSupport",
                "TestSupport", .logging, .subprocess, .systemPackage,
            ],
            swiftSettings: strict
        ),
    ]
)
