/// One event of a YAML text.
struct YAMLEvent {
    enum Kind {
        case streamStart
        case streamEnd
        /// - Parameter isExplicit: whether it has its `---`.
        case documentStart(isExplicit: Bool)
        case documentEnd
        case alias(String)
        case scalar(YAMLScalar, anchor: String?)
        case sequenceStart(anchor: String?)
        case sequenceEnd
        case mappingStart(anchor: String?)
        case mappingEnd
    }

    var kind: Kind
    var location: YAMLLocation
}
