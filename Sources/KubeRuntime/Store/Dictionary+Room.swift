extension Dictionary {
    /// Gives back the room that removals have left behind, which a dictionary otherwise keeps for ever. To be called after each removal: what is
    /// left is copied once three quarters have gone, so that all the copies together cost no more than the removals.
    package mutating func giveBackRoom() {
        guard capacity > 64, count < capacity / 4 else { return }
        var kept = Dictionary(minimumCapacity: count)
        for (key, value) in self { kept[key] = value }
        self = kept
    }
}
