import Dataplanes
import JSON
import TrafficPolicy

/// Shares of traffic as people and programs read them.
enum ShareText {
    /// `90%`, `33.3%`.
    static func percent(_ fraction: Double) -> String {
        let tenths = Int((fraction * 1000).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)%" : "\(tenths / 10).\(tenths % 10)%"
    }

    /// `v1`, or `v1 of other_shop_svc_80` where it is not the service that is called.
    static func name(_ version: TrafficShares.Version, calling service: String) -> String {
        let name = version.version ?? "no version"
        return version.service == service ? name : "\(name) of \(version.service)"
    }

    static func endpoints(_ count: Int) -> String { "\(count) endpoint\(count == 1 ? "" : "s")" }

    /// `v1 90% (2 endpoints), v2 10% (1 endpoint)`.
    static func line(_ shares: TrafficShares, calling service: String) -> String {
        var parts = shares.versions.map {
            "\(name($0, calling: service)) \(percent($0.fraction)) (\(endpoints($0.endpoints)))"
        }
        for destination in shares.destinations where destination.endpoints == 0 {
            parts.append("\(destination.tags) \(percent(destination.fraction)) (no endpoint)")
        }
        return parts.joined(separator: ", ")
    }

    static func json(_ shares: TrafficShares) -> JSONValue {
        [
            "versions": .array(
                shares.versions.map {
                    .compact([
                        "service": .string($0.service), "version": $0.version.map { .string($0) },
                        "percent": percentValue($0.fraction), "endpoints": .int(Int64($0.endpoints)),
                    ])
                }
            ),
            "destinations": .array(
                shares.destinations.map {
                    [
                        "tags": $0.tags.json, "percent": percentValue($0.fraction),
                        "endpoints": .int(Int64($0.endpoints)),
                    ]
                }
            ),
            "failingPercent": percentValue(shares.unserved),
        ]
    }

    /// In hundredths, so that equal shares are written alike.
    private static func percentValue(_ fraction: Double) -> JSONValue {
        let hundredths = (fraction * 10_000).rounded()
        return hundredths.truncatingRemainder(dividingBy: 100) == 0
            ? .int(Int64(hundredths / 100)) : .double(hundredths / 100)
    }
}
