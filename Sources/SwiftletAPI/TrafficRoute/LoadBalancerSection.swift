import JSON

/// How an endpoint is chosen among those of a destination.
package struct LoadBalancerSection: SchemaObject {
    package var roundRobin: EmptySection?
    package var leastRequest: LeastRequestSection?
    package var ringHash: RingHashSection?
    package var random: EmptySection?
    package var maglev: EmptySection?

    package init() {}

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case roundRobin, leastRequest, ringHash, random, maglev
    }

    package static var oneof: [CodingKeys] { CodingKeys.allCases }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .roundRobin: FieldDocumentation("Each endpoint in turn; also if none is given.").named("round_robin")
        case .leastRequest:
            FieldDocumentation("The least busy one of some endpoints picked at random.").named("least_request")
        case .ringHash:
            FieldDocumentation("By consistent hashing on a ring: equal requests go to the same endpoint.")
                .named("ring_hash")
        case .random: FieldDocumentation("Any endpoint, at random.")
        case .maglev: FieldDocumentation("By Maglev's consistent hashing: equal requests go to the same endpoint.")
        }
    }
}

package struct LeastRequestSection: SchemaObject {
    /// `nil` for Envoy's choice, which is 2.
    package var choiceCount: Int64?

    package init(choiceCount: Int64? = nil) { self.choiceCount = choiceCount }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case choiceCount
    }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .choiceCount:
            FieldDocumentation("How many endpoints are compared; at least 2. 2 if not given or 0.")
                .range(0...Int64(UInt32.max)).named("choice_count")
        }
    }
}

package struct RingHashSection: SchemaObject {
    /// `XX_HASH` or `MURMUR_HASH_2`; never `nil` in a valid object.
    package var hashFunction: String?
    package var minRingSize: Int64?
    package var maxRingSize: Int64?

    package init(hashFunction: String?, minRingSize: Int64? = nil, maxRingSize: Int64? = nil) {
        self.hashFunction = hashFunction
        self.minRingSize = minRingSize
        self.maxRingSize = maxRingSize
    }

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case hashFunction, minRingSize, maxRingSize
    }

    package static var requiredFields: [CodingKeys] { [.hashFunction] }

    static let hashFunctions = ["XX_HASH", "MURMUR_HASH_2"]
    /// Envoy's limit.
    static let largestRing: Int64 = 8 << 20
    /// What Envoy takes where nothing is given.
    static let defaultMinimum: Int64 = 1024

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .hashFunction:
            FieldDocumentation("The hash function: XX_HASH or MURMUR_HASH_2.").oneOf(hashFunctions)
                .named("hash_function")
        case .minRingSize:
            FieldDocumentation("Fewest places on the ring; more give a more even share. 1024 if not given or 0.")
                .range(0...largestRing).named("min_ring_size")
        case .maxRingSize:
            FieldDocumentation("Most places on the ring. 8388608 if not given or 0.").range(0...largestRing)
                .named("max_ring_size")
        }
    }
}

extension LoadBalancerSection {
    func validate(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if let leastRequest { errors += leastRequest.validate(at: path.appending(key: "leastRequest")) }
        if let ringHash { errors += ringHash.validate(at: path.appending(key: "ringHash")) }
        return errors
    }
}

extension LeastRequestSection {
    fileprivate func validate(at path: FieldPath) -> [FieldError] {
        let path = path.appending(key: "choiceCount")
        guard let choiceCount else { return [] }
        if choiceCount == 1 { return [FieldError(path, "value must be greater than or equal to 2")] }
        return FieldRule.range(choiceCount, in: 0...Int64(UInt32.max), at: path)
    }
}

extension RingHashSection {
    fileprivate func validate(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if !Self.hashFunctions.contains(hashFunction ?? "") {
            errors.append(FieldError(path.appending(key: "hashFunction"), "must have a valid hash function"))
        }
        for (key, size) in [("minRingSize", minRingSize), ("maxRingSize", maxRingSize)] {
            if let size { errors += FieldRule.range(size, in: 0...Self.largestRing, at: path.appending(key: key)) }
        }
        if let maxRingSize, maxRingSize > 0, effectiveMinimum > maxRingSize {
            errors.append(
                FieldError(
                    path.appending(key: "maxRingSize"),
                    "\(maxRingSize) is not allowed: must be at least minRingSize (\(effectiveMinimum))"
                )
            )
        }
        return errors
    }

    private var effectiveMinimum: Int64 { minRingSize.flatMap { $0 > 0 ? $0 : nil } ?? Self.defaultMinimum }
}
