import JSON
import KubeModel

/// The metadata of a list (`metav1.ListMeta`).
struct ListMetadata: Hashable, Sendable {
    /// Empty for lists that have none, such as those of kinds that are not stored.
    var resourceVersion = ""
    /// Where the next page begins; `nil` on the last one.
    var continueToken: String?
    /// How many items the following pages have; not told for filtered lists.
    var remainingItemCount: Int64?

    init() {}

    init(from reader: inout JSONReader) throws(JSONError) {
        guard try !reader.readNull() else { return }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "resourceVersion": resourceVersion = try reader.readString()
            case "continue": setContinueToken(try reader.readString())
            case "remainingItemCount": remainingItemCount = try reader.readNull() ? nil : reader.readInt()
            default: try reader.skipValue()
            }
        }
    }

    /// Reads a `ListMeta` message.
    init(protobuf reader: inout ProtobufReader) throws(ProtobufError) {
        while let field = try reader.nextField() {
            switch field {
            case 2: resourceVersion = try reader.readString()
            case 3: setContinueToken(try reader.readString())
            case 4: remainingItemCount = try reader.readInt()
            default: try reader.skip()
            }
        }
    }

    private mutating func setContinueToken(_ text: String) {
        continueToken = text.isEmpty ? nil : text
    }
}
