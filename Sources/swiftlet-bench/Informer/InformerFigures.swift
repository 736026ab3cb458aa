/// What an informer tells of itself.
enum InformerFigures {
    /// Once every pod is in the store.
    struct Synced: Codable, Sendable {
        var objects: Int
        /// From the first line of the program.
        var seconds: Double
        /// Of the whole process, its start included.
        var cpu: Double
        var peakMebibytes: Double
        /// Allocated bytes, less those before the reflector began.
        var heapBytes: Int
        /// Resident bytes, less those before, free memory given back in both.
        var residentBytes: Int
    }

    /// Once every change was seen.
    struct Followed: Codable, Sendable {
        var events: Int
        var cpu: Double
        var peakMebibytes: Double
    }
}
