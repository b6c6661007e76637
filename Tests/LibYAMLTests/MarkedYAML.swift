import LibYAML
import Testing

/// A text with markers 1️⃣ to 9️⃣ where findings must point, so that positions can be read by eye.
struct MarkedYAML {
    /// The text without its markers.
    let text: String
    /// The markers' places, in their own order.
    let marks: [YAMLMark]

    init(_ marked: String) {
        var text = ""
        var marks: [Int: YAMLMark] = [:]
        var line: Int32 = 1
        var column: Int32 = 1
        for character in marked {
            let scalars = character.unicodeScalars
            // A keycap is a digit, U+FE0F and U+20E3.
            if scalars.last?.value == 0x20E3, let digit = scalars.first.flatMap({ Int(String($0)) }) {
                marks[digit] = YAMLMark(line: line, column: column)
                continue
            }
            text.append(character)
            if character.isNewline {
                line += 1
                column = 1
            } else {
                column += Int32(scalars.count)
            }
        }
        self.text = text
        self.marks = marks.keys.sorted().compactMap { marks[$0] }
    }

    /// Expects exactly these problems, each at the marker of its place in the list.
    func expect(_ messages: String..., sourceLocation: SourceLocation = #_sourceLocation) {
        let stream = YAMLStream.parse(Array(text.utf8))
        let found = stream.problems.map { "\($0.mark): \($0.message)" }
        let wanted = zip(marks, messages).map { "\($0): \($1)" }
        #expect(found == wanted, sourceLocation: sourceLocation)
        #expect(marks.count == messages.count, "a marker for each message", sourceLocation: sourceLocation)
    }
}

extension YAMLNode {
    /// The node in one line: `{a: [1, 'x']}`, quoted scalars in quotes.
    var sketch: String {
        switch kind {
        case .scalar: isPlain ? text : "'\(text)'"
        case .sequence: "[" + (0..<count).map { item(at: $0).sketch }.joined(separator: ", ") + "]"
        case .mapping:
            "{" + (0..<count).map { "\(key(at: $0).sketch): \(value(at: $0).sketch)" }.joined(separator: ", ") + "}"
        }
    }
}

/// The documents of a text that must be free of problems.
func documents(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> [YAMLNode] {
    let stream = YAMLStream.parse(Array(text.utf8))
    #expect(stream.problems == [], sourceLocation: sourceLocation)
    #expect(stream.isComplete, sourceLocation: sourceLocation)
    return stream.documents
}
