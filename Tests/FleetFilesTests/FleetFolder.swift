import Diagnostics
import FleetFiles
import FleetTestSupport
import Foundation
import Testing

/// A fleet repository made for a test: a small right one, with files put in or replaced.
struct FleetFolder: Equatable {
    var files: [String: [UInt8]]

    /// A small fleet that validates, of one deployment.
    static let small = FleetFolder(files: [
        "fleet/fleet.yaml": text(
            """
            name: acme
            aws: {region: eu-west-1, bucket: acme-bots}
            database: {url: "mysql://botfleet@127.0.0.1/botfleet"}

            """),
        "fleet/regions.yaml": text(
            "- {name: eu-west-1, default_image: ami-1}\n- {name: us-east-2, default_image: ami-2}\n"),
        "fleet/users.yaml": text("- {email: anna@example.com, timezone: Europe/Berlin, region: eu-west-1}\n"),
        "schedules/office-hours.yaml": text(
            "name: office-hours\nweek: [{days: mon-fri, start: \"08:00\", stop: \"18:00\"}]\n"),
        "bots/puppeteer.yaml": text("source: puppeteer\nurl: https://git.example.com/acme/puppeteer.git\n"),
        "fleet/deployments/watch.yaml": text("name: watch\nuser: anna@example.com\nbot: page-watch\n"),
    ])

    /// Zones that the tests' files use.
    static let zones = ["America/New_York", "Asia/Kathmandu", "Europe/Berlin", "UTC"]

    static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// The same with a file put in or replaced; nil takes it out.
    func with(_ path: String, _ text: String?) -> FleetFolder {
        var copy = self
        copy.files[path] = text.map { Array($0.utf8) }
        return copy
    }

    /// The same with a file's bytes put in or replaced.
    func with(_ path: String, bytes: [UInt8]) -> FleetFolder {
        var copy = self
        copy.files[path] = bytes
        return copy
    }

    /// Writes the files into a folder.
    func write(to folder: URL) throws {
        for (path, bytes) in files {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
    }

    /// Loads the files from a folder of their own; `prepare` may put there what isn't a file.
    func load(_ prepare: (URL) throws -> Void = { _ in }) async throws -> LoadedFleet {
        try await withTemporaryDirectory { folder in
            try write(to: folder)
            try prepare(folder)
            return FleetFolder.load(folder)
        }
    }

    /// Loads a folder with the tests' zones.
    static func load(_ folder: URL) -> LoadedFleet {
        FleetLoader.load(from: folder.path(percentEncoded: false), zoneExists: zones.contains, zoneNames: { zones })
    }
}

/// A file with markers 1️⃣ to 9️⃣ where findings must point.
struct MarkedFile {
    let text: String
    /// `line:column` by marker.
    let marks: [String]

    init(_ marked: String) {
        var text = ""
        var marks: [Int: String] = [:]
        var line = 1
        var column = 1
        for character in marked {
            let scalars = character.unicodeScalars
            // A keycap is a digit, U+FE0F and U+20E3.
            if scalars.last?.value == 0x20E3, let digit = scalars.first.flatMap({ Int(String($0)) }) {
                marks[digit] = "\(line):\(column)"
                continue
            }
            text.append(character)
            line += character.isNewline ? 1 : 0
            column = character.isNewline ? 1 : column + scalars.count
        }
        self.text = text
        self.marks = marks.keys.sorted().compactMap { marks[$0] }
    }
}

/// Puts a marked file into the small fleet and expects exactly these errors, each at the marker of its place in the
/// list.
func expectErrors(
    in path: String, _ marked: String, _ messages: String..., beside folder: FleetFolder = .small,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
) async throws {
    let file = MarkedFile(marked)
    #expect(file.marks.count == messages.count, "a marker for each message", sourceLocation: sourceLocation)
    let loaded = try await folder.with(path, file.text).load()
    let wanted = zip(file.marks, messages).map { "\(path):\($0): error: \($1)" }
    let found = loaded.diagnostics.map(\.description)
    #expect(
        found == wanted, "\(lineDifference(wanted.joined(separator: "\n"), found.joined(separator: "\n")))",
        sourceLocation: sourceLocation)
}
