import CLibyaml

/// The one owner of a libyaml parser and of its current event.
///
/// Blocking: never; the text is in memory. `bytes` must outlive the parser.
/// Source: yaml.h of libyaml 0.2.5, `yaml_parser_initialize`, `yaml_parser_parse`, `yaml_event_delete`.
final class YAMLEventParser {
    /// The kinds of events that matter to a tree.
    enum Kind {
        case streamEnd
        case documentStart
        case documentEnd
        case scalar
        case alias
        case sequenceStart
        case mappingStart
        case collectionEnd
        case other
    }

    // libyaml keeps a pointer to its parser, so neither may move.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let event: UnsafeMutablePointer<yaml_event_t>

    /// A parser of UTF-8 without a byte order mark; nil when there is no memory for one.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        parser = .allocate(capacity: 1)
        event = .allocate(capacity: 1)
        event.initialize(to: yaml_event_t())
        guard yaml_parser_initialize(parser) == 1 else {
            event.deallocate()
            parser.deallocate()
            return nil
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_event_delete(event)
        yaml_parser_delete(parser)
        event.deallocate()
        parser.deallocate()
    }

    /// Goes to the next event; false when the text can't be read further, and then `problem` says why.
    func next() -> Bool {
        yaml_event_delete(event)
        return yaml_parser_parse(parser, event) == 1
    }

    var kind: Kind {
        switch event.pointee.type {
        case YAML_STREAM_END_EVENT: .streamEnd
        case YAML_DOCUMENT_START_EVENT: .documentStart
        case YAML_DOCUMENT_END_EVENT: .documentEnd
        case YAML_SCALAR_EVENT: .scalar
        case YAML_ALIAS_EVENT: .alias
        case YAML_SEQUENCE_START_EVENT: .sequenceStart
        case YAML_MAPPING_START_EVENT: .mappingStart
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: .collectionEnd
        default: .other
        }
    }

    /// Where the current event begins.
    var mark: YAMLMark { YAMLMark(event.pointee.start_mark) }

    /// The UTF-8 text of a scalar event; valid until the next event.
    var scalar: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: clibyaml_scalar_value(event), count: clibyaml_scalar_length(event))
    }

    var isPlain: Bool { clibyaml_scalar_is_plain(event) == 1 }
    var hasTag: Bool { clibyaml_tag(event) != nil }
    var hasTagDirectives: Bool { clibyaml_has_tag_directives(event) == 1 }

    /// The anchor of a node event, or the name of an alias event.
    var anchor: String? { clibyaml_anchor(event).map { String(cString: $0) } }

    /// Why the last `next` failed, in plain words.
    /// - Parameter openMark: where the innermost open collection begins.
    func problem(in bytes: UnsafeBufferPointer<UInt8>, openMark: YAMLMark?) -> YAMLProblem {
        let state = parser.pointee
        if state.error == YAML_MEMORY_ERROR { return YAMLProblem(.start, "libyaml is out of memory") }
        let character = Self.character(at: state.problem_mark, in: bytes)
        let fault = YAMLFault(
            problem: state.problem.map { String(cString: $0) } ?? "",
            context: state.context.map { String(cString: $0) } ?? "", problemMark: YAMLMark(state.problem_mark),
            contextMark: YAMLMark(state.context_mark), isAtEnd: character == nil, character: character,
            openMark: openMark)
        var problem = fault.inPlainWords
        // At the end of a last line without a line break libyaml counts one all the same.
        problem.mark = min(problem.mark, Self.end(of: bytes))
        return problem
    }

    /// The character at a mark; nil at the end. Only for a text that failed, so the walk costs nothing in the usual
    /// case.
    private static func character(at mark: yaml_mark_t, in bytes: UnsafeBufferPointer<UInt8>) -> Unicode.Scalar? {
        // libyaml counts characters, CRLF as two.
        String(decoding: bytes, as: UTF8.self).unicodeScalars.dropFirst(mark.index).first
    }

    /// The place after the last character.
    private static func end(of bytes: UnsafeBufferPointer<UInt8>) -> YAMLMark {
        var end = YAMLMark.start
        var previous: Unicode.Scalar?
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x0A where previous == "\r": break
            case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: end = YAMLMark(line: end.line + 1, column: 1)
            default: end.column += 1
            }
            previous = scalar
        }
        return end
    }
}

extension YAMLMark {
    /// libyaml's marks count from zero.
    init(_ mark: yaml_mark_t) {
        self.init(line: Int32(truncatingIfNeeded: mark.line + 1), column: Int32(truncatingIfNeeded: mark.column + 1))
    }
}
