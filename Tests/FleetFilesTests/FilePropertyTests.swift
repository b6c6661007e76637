import Diagnostics
import FleetFiles
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// What holds for any fleet repository.
@Suite struct FilePropertyTests {
    /// The example fleet's files by path.
    private static func example() throws -> FleetFolder {
        var files: [String: [UInt8]] = [:]
        for folder in ["fleet", "bots", "schedules"] {
            let root = repositoryRoot.appending(path: folder)
            for path in try FileManager.default.subpathsOfDirectory(atPath: root.path) {
                let file = root.appending(path: path)
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder), !isFolder.boolValue
                else { continue }
                files["\(folder)/\(path)"] = Array(try Data(contentsOf: file))
            }
        }
        return FleetFolder(files: files)
    }

    /// Documents of one folder may stand in any files, in any order, and mean the same.
    @Test func orderAndPlaceOfDocumentsIsIrrelevant() async throws {
        let example = try Self.example()
        let wanted = try #require(try await example.load().repository)
        var generator = SeededGenerator(for: "orderAndPlaceOfDocumentsIsIrrelevant")
        for _ in 0..<20 {
            var shuffled = example
            for folder in ["fleet/deployments", "schedules"] {
                let paths = example.files.keys.filter { $0.hasPrefix("\(folder)/") }
                var documents: [String] = []
                for path in paths {
                    shuffled.files[path] = nil
                    documents += String(decoding: example.files[path] ?? [], as: UTF8.self).components(
                        separatedBy: "\n---\n")
                }
                documents.shuffle(using: &generator)
                for document in documents {
                    let path = "\(folder)/\(["a", "b", "c/d"].randomElement(using: &generator) ?? "a").yaml"
                    shuffled.files[path, default: []] += Array("---\n\(document)\n".utf8)
                }
            }
            let loaded = try await shuffled.load()
            #expect(loaded.diagnostics == [])
            let found = try #require(loaded.repository)
            #expect(Set(found.deployments.map(\.value)) == Set(wanted.deployments.map(\.value)))
            #expect(Set(found.schedules.map(\.value)) == Set(wanted.schedules.map(\.value)))
        }
    }

    /// A plain scalar means the same in single quotes and in double quotes.
    @Test(arguments: ["'", "\""])
    func quotesNeverChangeAMeaning(quote: String) async throws {
        let example = try Self.example()
        let wanted = try #require(try await example.load().repository)
        var quoted = example
        for (path, bytes) in example.files where path.hasSuffix(".yaml") {
            quoted.files[path] = Array(Self.quoteScalars(String(decoding: bytes, as: UTF8.self), quote).utf8)
        }
        #expect(quoted != example)
        let loaded = try await quoted.load()
        #expect(loaded.diagnostics == [])
        let found = try #require(loaded.repository)
        #expect(found.settings.value == wanted.settings.value)
        #expect(found.regions.map(\.value) == wanted.regions.map(\.value))
        #expect(found.users.map(\.value) == wanted.users.map(\.value))
        #expect(found.deployments.map(\.value) == wanted.deployments.map(\.value))
        #expect(found.schedules.map(\.value) == wanted.schedules.map(\.value))
        #expect(found.sources.map(\.value) == wanted.sources.map(\.value))
        #expect(found.customBots.map(\.value) == wanted.customBots.map(\.value))
    }

    /// Puts plain values of `key: value`, within braces too, between quotes.
    private static func quoteScalars(_ text: String, _ quote: String) -> String {
        text.components(separatedBy: "\n").map { line in
            guard !line.hasPrefix("#") else { return line }
            return line.replacing(/(?<head>[a-z_0-9.]+: )(?<value>[A-Za-z0-9.\/@*:_-]+( [A-Z][a-z]+)*)(?=, |}|\s+#|$)/)
            {
                "\($0.output.head)\(quote)\($0.output.value)\(quote)"
            }
        }.joined(separator: "\n")
    }

    /// Files that nobody wrote: no crash, no hang, and every diagnostic points inside the file it names.
    @Test func mutatedFleetsNeverCrashAndPointInsideTheirFiles() async throws {
        let example = try Self.example()
        let paths = example.files.keys.filter { $0.hasSuffix(".yaml") }.sorted()
        var generator = SeededGenerator(for: "mutatedFleetsNeverCrashAndPointInsideTheirFiles")
        try await withTemporaryDirectory { folder in
            try example.write(to: folder)
            for round in 0..<2000 {
                let path = paths[round % paths.count]
                let original = example.files[path] ?? []
                let mutated = Self.mutate(original, &generator)
                let file = folder.appending(path: path)
                try Data(mutated).write(to: file)
                for diagnostic in FleetFolder.load(folder).diagnostics {
                    let bytes =
                        diagnostic.location.file == path ? mutated : example.files[diagnostic.location.file] ?? []
                    #expect(
                        Self.isInside(diagnostic.location, bytes),
                        "round \(round): \(diagnostic) in \(String(decoding: mutated, as: UTF8.self).debugDescription)")
                    #expect(!diagnostic.message.contains("\n"))
                }
                try Data(original).write(to: file)
            }
        }
    }

    private static let words = [
        "null", "~", "''", "010", "+2", "yes", "[]", "{}", "[a, b]", "{a: b}", "!!str", "&a ", "*a", "\t", "\n", ":",
        ",",
        "- ", "<<: ", "---\n", "\u{0}", "\u{85}", "é", "0.0.0.0/0", "24:00", "99999999999999999999", "\u{1B}[2J",
    ]

    private static func mutate(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0...Int.random(in: 0...3, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes.insert(contentsOf: Array((words.randomElement(using: &generator) ?? "").utf8), at: place)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...12, using: &generator)))
            case 2: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &generator) }
            case 3:
                // A value is replaced: from a colon to the line's end.
                guard let colon = bytes[place...].firstIndex(of: UInt8(ascii: ":")) else { continue }
                let end = bytes[colon...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
                let word = words.randomElement(using: &generator) ?? ""
                bytes.replaceSubrange(colon..<end, with: Array(": \(word)".utf8))
            default:
                let end = min(bytes.count, place + Int.random(in: 0...60, using: &generator))
                bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &generator))
            }
        }
        return bytes
    }

    /// Whether a place is one of a text's: a line that it has, a column at most one beyond the line's end.
    private static func isInside(_ location: Diagnostics.SourceLocation, _ bytes: [UInt8]) -> Bool {
        var lengths = [0]
        var previous: UInt32 = 0
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            let isBreak = [0x0A, 0x0D, 0x85, 0x2028, 0x2029].contains(scalar.value)
            if isBreak, !(scalar.value == 0x0A && previous == 0x0D) { lengths.append(0) }
            if !isBreak { lengths[lengths.count - 1] += 1 }
            previous = scalar.value
        }
        return location.line >= 1 && location.line <= lengths.count && location.column >= 1
            && location.column <= lengths[location.line - 1] + 1
    }
}

/// Costs that grow with what is there, not with its square.
@Suite struct FileCostTests {
    /// A wrong name in each of many deployments, among many right ones: hints have a budget.
    @Test func manyWrongNamesAmongManyRightOnesEndSoon() async throws {
        let users = (0..<3000).map { "- {email: user\($0)@example.com, timezone: UTC, region: eu-west-1}\n" }.joined()
        let wrong = (0..<3000).map { "---\nname: d\($0)x\nuser: usr\($0)@example.com\nbot: b\n" }.joined()
        let folder = FleetFolder.small.with("fleet/users.yaml", users).with("fleet/deployments/watch.yaml", wrong)
        let clock = ContinuousClock()
        var found: [Diagnostic] = []
        let took = try await clock.measure { found = try await folder.load().diagnostics }
        #expect(found.count == 3000)
        #expect(found.first?.message.hasSuffix("(did you mean 'user0@example.com'?)") == true)
        #expect(found.last?.message == "no user has the address 'usr2999@example.com'")
        #expect(took < .seconds(60))
    }

    @Test func aliasesDoNotMultiplyTheWork() async throws {
        var text = "name: watch\nuser: anna@example.com\nbot: b\nparameters:\n  a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        for (name, previous) in zip("bcdefghi", "abcdefgh") {
            text += "  \(name): &\(name) [\((0..<10).map { _ in "*\(previous)" }.joined(separator: ", "))]\n"
        }
        let loaded = try await FleetFolder.small.with("fleet/deployments/watch.yaml", text).load()
        #expect(
            loaded.diagnostics.map(\.description) == [
                """
                fleet/deployments/watch.yaml:9:38: error: aliases stand for more than 100000 values here; write them out or \
                use fewer
                """
            ])
    }
}
