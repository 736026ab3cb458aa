/// The annotations that change the resources of one of the containers that injection adds.
struct ResourceKeys {
    let cpuRequest: String
    let cpuLimit: String
    let memoryRequest: String
    let memoryLimit: String

    static let sidecar = ResourceKeys(
        cpuRequest: MetadataKey.cpuRequest,
        cpuLimit: MetadataKey.cpuLimit,
        memoryRequest: MetadataKey.memoryRequest,
        memoryLimit: MetadataKey.memoryLimit
    )

    static let initContainer = ResourceKeys(
        cpuRequest: MetadataKey.initCPURequest,
        cpuLimit: MetadataKey.initCPULimit,
        memoryRequest: MetadataKey.initMemoryRequest,
        memoryLimit: MetadataKey.initMemoryLimit
    )
}
