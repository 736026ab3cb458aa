import Dataplanes

/// The services of a mesh, and which of them has which address.
///
/// An address may be claimed twice, as when two headless Services choose the same pods: the first service by name has it, so
/// that it is always the same.
struct ServiceCatalog: Sendable {
    private struct Address: Hashable {
        var address: String
        var port: UInt16
    }

    private(set) var services: [String: MeshService] = [:]
    /// In order of their names.
    private var claims: [Address: [String]] = [:]
    private var countOfIPv6 = 0

    var hasIPv6: Bool { countOfIPv6 > 0 }

    func trafficProtocol(of service: String) -> TrafficProtocol? { services[service]?.trafficProtocol }

    /// What the service has and no earlier service claims, each address once, in the service's order.
    func addresses(of service: MeshService) -> [ServiceAddress] {
        var seen: Set<Address> = []
        return service.addresses.filter {
            let address = Address(address: $0.address, port: $0.port)
            return claims[address]?.first == service.name && seen.insert(address).inserted
        }
    }

    /// - Returns: The services whose protocol or addresses, or existence, are not what they were.
    mutating func apply(_ changes: [String: MeshService?]) -> Set<String> {
        var reshaped: Set<String> = []
        var touched: [Address: String?] = [:]
        for (name, service) in changes {
            let old = services[name]
            services[name] = service
            if old?.trafficProtocol != service?.trafficProtocol { reshaped.insert(name) }
            guard old?.addresses != service?.addresses else { continue }
            reshaped.insert(name)
            for address in Self.claimed(by: old) {
                if touched[address] == nil { touched[address] = .some(claims[address]?.first) }
                claims[address]?.removeAll { $0 == name }
                if claims[address]?.isEmpty == true { claims[address] = nil }
                if IPAddress.isIPv6(address.address) { countOfIPv6 -= 1 }
            }
            for address in Self.claimed(by: service) {
                if touched[address] == nil { touched[address] = .some(claims[address]?.first) }
                let place = claims[address, default: []].firstIndex { $0 > name } ?? claims[address, default: []].count
                claims[address, default: []].insert(name, at: place)
                if IPAddress.isIPv6(address.address) { countOfIPv6 += 1 }
            }
        }
        for (address, before) in touched where before != claims[address]?.first {
            for service in [before, claims[address]?.first] { if let service { reshaped.insert(service) } }
        }
        return reshaped
    }

    private static func claimed(by service: MeshService?) -> Set<Address> {
        Set((service?.addresses ?? []).map { Address(address: $0.address, port: $0.port) })
    }
}
