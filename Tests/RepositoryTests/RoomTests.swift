import FleetTestSupport
import Foundation
import Testing

/// The walls between the rooms (docs/architecture.md).
@Suite struct RoomTests {
    @Test func everyFileImportsOnlyWhatItsRoomMay() async throws {
        let table = ArchitectureTable(try RepositoryFiles.text("docs/architecture.md"))
        let files = try await RepositoryFiles.list()
        var faults: [String] = []
        for room in files.rooms where !isCLibrary(room) {
            guard let allowed = table.allowed[room] else {
                faults.append("Sources/\(room): has no row in the table of docs/architecture.md")
                continue
            }
            for path in files.paths(under: "Sources/\(room)", ending: ".swift") {
                for (module, line) in imports(of: try RepositoryFiles.lines(path))
                where !allowed.contains(module) && !ArchitectureTable.free.contains(module) {
                    faults.append("\(path):\(line): \(room) may not import \(module)")
                }
            }
        }
        #expect(faults.isEmpty, "\(list(faults))")
    }

    @Test func everyRowOfTheTableIsARoom() async throws {
        let table = ArchitectureTable(try RepositoryFiles.text("docs/architecture.md"))
        let rooms = Set(try await RepositoryFiles.list().rooms)
        #expect(!table.allowed.isEmpty)
        #expect(Set(table.allowed.keys).subtracting(rooms).sorted() == [])
    }

    @Test func aCLibraryIsImportedByItsOwnRoomAlone() async throws {
        let files = try await RepositoryFiles.list()
        let libraries = Set(files.rooms.filter(isCLibrary))
        var importers: [String: Set<String>] = [:]
        for path in files.paths(under: "Sources", ending: ".swift") + files.paths(under: "Tests", ending: ".swift") {
            for (module, _) in imports(of: try RepositoryFiles.lines(path)) where libraries.contains(module) {
                importers[module, default: []].insert(path.split(separator: "/").prefix(2).joined(separator: "/"))
            }
        }
        for (library, rooms) in importers {
            #expect(rooms.count == 1, "\(library) is imported by \(rooms.sorted().joined(separator: " and "))")
        }
    }

    @Test func everyRoomHasTests() async throws {
        let files = try await RepositoryFiles.list()
        for room in files.rooms where !isCLibrary(room) {
            // The commands are tried as people use them: through the built program.
            let folder = ["botfleet", "BotfleetCommands"].contains(room) ? "CommandTests" : "\(room)Tests"
            #expect(
                !files.paths(under: "Tests/\(folder)", ending: "Tests.swift").isEmpty, "\(room): no Tests/\(folder)")
        }
    }

    @Test func aFaceOfACLibraryStaysSmall() async throws {
        let files = try await RepositoryFiles.list()
        for room in files.rooms where room.hasPrefix("Lib") {
            let lines = try files.paths(under: "Sources/\(room)", ending: ".swift")
                .flatMap { try RepositoryFiles.lines($0) }
                .map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { !$0.isEmpty && !$0.hasPrefix("//") }
            // 800, but where a library needs more to be whole: MySQL's statements, pool, TLS, option files and URLs;
            // git's transports, credentials, progress and object database.
            let limit = ["LibMySQL": 1_500, "LibGit2": 1_000][room] ?? 800
            #expect(lines.count <= limit, "\(room) has \(lines.count) lines that are not empty or comments")
        }
    }

    /// Whether a room is a C library's module map and shim: CLibgit2, CZlib.
    private func isCLibrary(_ room: String) -> Bool {
        room.hasPrefix("C") && room.dropFirst().first?.isUppercase == true
    }

    @Test func tablesRowsAreReadByName() {
        let table = ArchitectureTable(
            """
            | Room | may import | why |
            | --- | --- | --- |
            | `A`, `B` | nothing | |
            | `C` | `A`, `Logging` | it `needs` them |

            | Other | table |
            | `D` | `A` |
            """)
        #expect(table.allowed == ["A": [], "B": [], "C": ["A", "Logging"]])
    }

    @Test(arguments: [
        ("import A", "A"), ("@testable import B", "B"), ("public import struct C.Thing", "C"),
        ("@preconcurrency internal import D", "D"), ("@_spi(Tools) import E", "E"), ("  import F.G", "F"),
    ])
    func importsAreSeenInAllTheirForms(line: String, module: String) {
        #expect(imports(of: [line]).map(\.module) == [module])
        #expect(imports(of: ["// \(line)", "let text = \"\(line)\""]).isEmpty)
    }
}
