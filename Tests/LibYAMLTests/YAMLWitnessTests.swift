import Foundation
import LibYAML
import Testing

/// PyYAML's own parser (not libyaml) as a second witness of texts and positions.
@Suite struct YAMLWitnessTests {
    private static let text = """
        # comment
        name: Ärger 👍🏽   # trailing
        'quoted key': "tab\\tescape \\u00e9"
        list:
        - one
        -   {a: 1, "b": [x, 'y', é]}
        - - nested
          - deeper: "multi
            line"
        block: |
          kept
           as is
        folded: >-
          one
          two
        anchor: &x {k: v}
        alias: *x
        empty:
        日本語: 値

        """

    /// Prints kind, line, column and text of each event that begins a node.
    private static let script = """
        import sys, yaml
        for event in yaml.parse(sys.stdin.buffer.read().decode("utf-8"), Loader=yaml.SafeLoader):
            kind = {"ScalarEvent": "scalar", "SequenceStartEvent": "sequence", "MappingStartEvent": "mapping"}.get(type(event).__name__)
            if kind:
                print(kind, event.start_mark.line + 1, event.start_mark.column + 1, ascii(getattr(event, "value", "")))
        """

    @Test func pyYAMLAgreesOnTextsLinesAndColumns() throws {
        guard let theirs = try Self.python(Self.script, input: Self.text) else {
            Issue.record("python3 with PyYAML is needed; scripts/setup installs it")
            return
        }
        var ours: [String] = []
        for root in documents(Self.text) { Self.list(root, into: &ours) }
        // Below an alias PyYAML's events have nothing; ours share the anchor's nodes, which are compared where they
        // stand.
        #expect(ours.joined(separator: "\n") == theirs.trimmingCharacters(in: .newlines))
    }

    private static func list(_ node: YAMLNode, into lines: inout [String]) {
        let isAlias = node.kind == .mapping && node.count > 0 && node.key(at: 0).mark < node.mark
        if isAlias { return }
        lines.append("\(node.kind) \(node.mark.line) \(node.mark.column) \(ascii(node.text))")
        for position in 0..<node.count {
            if node.kind == .sequence { list(node.item(at: position), into: &lines) }
            if node.kind == .mapping {
                list(node.key(at: position), into: &lines)
                list(node.value(at: position), into: &lines)
            }
        }
    }

    /// Python's `ascii()` of a text without both kinds of quotes.
    private static func ascii(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: result += "\\n"
            case 0x09: result += "\\t"
            case 0x20..<0x7F: result.unicodeScalars.append(scalar)
            case 0x80...0xFF: result += "\\x" + padded(scalar.value, 2)
            case 0x100...0xFFFF: result += "\\u" + padded(scalar.value, 4)
            default: result += "\\U" + padded(scalar.value, 8)
            }
        }
        return "'\(result)'"
    }

    private static func padded(_ value: UInt32, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// What a Python script prints; nil where it fails.
    private static func python(_ script: String, input: String) throws -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: output, as: UTF8.self) : nil
    }
}
