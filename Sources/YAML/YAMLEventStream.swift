import CYAML

/// The events of a text, one after the other, from libyaml. All of this module's unsafe code is here.
///
/// Owns the parser and a copy of the text, both at fixed addresses, since the parser keeps pointers to itself and to its input.
struct YAMLEventStream: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let source: String

    /// - Throws: only when memory is short.
    init(_ bytes: [UInt8], source: String) throws(YAMLError) {
        parser = .allocate(capacity: 1)
        input = .allocate(capacity: bytes.count)
        _ = input.initialize(from: bytes)
        self.source = source
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            input.deallocate()
            throw YAMLError(.limitExceeded, "out of memory", source: source, location: nil)
        }
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    /// The next event. After an error, or the end of the stream, there is none: do not call again.
    mutating func next() throws(YAMLError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw error() }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(kind: kind(of: event), location: YAMLLocation(event.start_mark))
    }

    private func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
        switch event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: return .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT: return .sequenceStart(anchor: text(event.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT: return .mappingStart(anchor: text(event.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_SCALAR_EVENT:
            let data = event.data.scalar
            let content = UnsafeBufferPointer(start: data.value, count: data.length)
            let scalar = YAMLScalar(
                text: String(decoding: content, as: UTF8.self),
                tag: text(data.tag),
                isPlain: data.plain_implicit == 1
            )
            return .scalar(scalar, anchor: text(data.anchor))
        default: return .streamEnd
        }
    }

    private func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        pointer.map { String(cString: $0) }
    }

    private func error() -> YAMLError {
        let state = parser.pointee
        var message = state.problem.map { String(cString: $0) } ?? "unreadable"
        guard state.error != YAML_READER_ERROR else {
            return YAMLError(.encoding, message, source: source, location: readerLocation(state))
        }
        if message.hasPrefix("found character that cannot start"), byte(at: state.problem_mark) == UInt8(ascii: "\t") {
            message = "a tab where YAML wants spaces"
        }
        if let context = state.context {
            message += " \(String(cString: context))"
            if state.context_mark.line != state.problem_mark.line {
                message += " that starts on line \(state.context_mark.line + 1)"
            }
        }
        let code: YAMLError.Code = state.error == YAML_MEMORY_ERROR ? .limitExceeded : .syntax
        return YAMLError(code, message, source: source, location: YAMLLocation(state.problem_mark))
    }

    /// The byte of a UTF-8 text at a place.
    private func byte(at mark: yaml_mark_t) -> UInt8? {
        let target = YAMLLocation(mark)
        var location = YAMLLocation.start
        for byte in input {
            if location == target { return byte }
            location.advance(over: CollectionOfOne(byte))
        }
        return nil
    }

    /// libyaml tells an offset into UTF-8, but nothing useful about UTF-16.
    private func readerLocation(_ state: yaml_parser_t) -> YAMLLocation {
        guard state.encoding == YAML_UTF8_ENCODING, state.problem_offset <= input.count else {
            return YAMLLocation(state.mark)
        }
        var location = YAMLLocation.start
        location.advance(over: input[..<state.problem_offset])
        return location
    }
}

extension YAMLLocation {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}
