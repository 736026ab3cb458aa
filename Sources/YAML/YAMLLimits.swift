import JSON

/// Bounds on what a text may cost its reader.
package struct YAMLLimits: Hashable, Sendable {
    /// Size of the whole text.
    package var bytes: Int
    /// Nesting, aliases expanded. At most ``JSONReader/maximumDepth``.
    package var depth: Int
    /// Documents in one text, empty ones included.
    package var documents: Int
    /// What all aliases together may add to a text, in bytes of text plus ``nodeCost`` for each value. Besides, they may add no more
    /// than a hundredfold of the text's size (and always 256 KiB): small files cannot become large, large files cannot explode.
    package var expandedBytes: Int

    package static let `default` = YAMLLimits()

    /// What a value costs besides its text.
    static let nodeCost = 16

    package init(bytes: Int = 16 << 20, depth: Int = 256, documents: Int = 10_000, expandedBytes: Int = 64 << 20) {
        self.bytes = bytes
        self.depth = min(depth, JSONReader.maximumDepth)
        self.documents = documents
        self.expandedBytes = expandedBytes
    }

    /// What aliases may add to a text of `size` bytes.
    func expansion(ofSize size: Int) -> Int {
        min(expandedBytes, max(256 << 10, size.multipliedReportingOverflow(by: 100).partialValue))
    }
}
