import FleetTestSupport
import Foundation
import Testing

/// What the house's style asks of every file, beyond what the formatter checks.
@Suite struct SourceTests {
    @Test func noFileIsLongerThan600Lines() async throws {
        let files = try await RepositoryFiles.list()
        let faults = try ["Sources", "Tests", "scripts", "examples"].flatMap { files.paths(under: $0) }
            .filter { path in
                [".swift", ".py", ".js", ".h"].contains { path.hasSuffix($0) } || path.hasPrefix("scripts/")
            }
            .map { (path: $0, count: try RepositoryFiles.lines($0).count - 1) }
            .filter { $0.count > 600 }
            .map { "\($0.path): \($0.count) lines" }
        #expect(faults.isEmpty, "\(list(faults))")
    }

    @Test func noTypeOrFileIsNamedForNothingInParticular() async throws {
        let rejected = #/(Utils?|Utilit(y|ies)|Helpers?|Managers?)$/#
        let declaration = #/^\s*(?:[\w@()]+\s+)*(?:struct|class|enum|actor|protocol|typealias)\s+(\w+)/#
        let files = try await RepositoryFiles.list()
        var faults: [String] = []
        for path in files.paths(under: "Sources", ending: ".swift") + files.paths(under: "Tests", ending: ".swift") {
            let name = URL(filePath: path).deletingPathExtension().lastPathComponent
            if name.firstMatch(of: rejected) != nil || name.contains(" ") { faults.append("\(path): its name") }
            for (index, line) in try RepositoryFiles.lines(path).enumerated() {
                if let name = line.firstMatch(of: declaration)?.1, name.firstMatch(of: rejected) != nil {
                    faults.append("\(path):\(index + 1): \(name)")
                }
            }
        }
        #expect(faults.isEmpty, "\(list(faults))")
    }

    @Test func sourcesTrapOnNoInput() async throws {
        let traps = #/\btry!|\bas!|\bfatalError\(|\bunsafeFlags\b/#
        let faults = try await faultyLines(under: "Sources") { line, _ in line.firstMatch(of: traps) != nil }
        #expect(faults.isEmpty, "\(list(faults))")
    }

    @Test func anErrorIsDroppedOnlyWithAReason() async throws {
        let faults = try await faultyLines(under: "Sources") { line, before in
            line.firstMatch(of: #/\btry\?/#) != nil && !line.contains("//")
                && !before.trimmingCharacters(in: .whitespaces).hasPrefix("//")
        }
        #expect(faults.isEmpty, "\(list(faults))")
    }

    @Test func testsAreNamedForWhatTheyTest() async throws {
        let files = try await RepositoryFiles.list()
        var faults: [String] = []
        for path in files.paths(under: "Tests", ending: ".swift") {
            let lines = try RepositoryFiles.lines(path)
            let holdsTests = lines.contains { $0.firstMatch(of: #/^\s*@(Test|Suite)\b/#) != nil }
            if holdsTests, !path.hasSuffix("Tests.swift") {
                faults.append("\(path): holds tests; call it …Tests.swift")
            }
            for (index, line) in lines.enumerated() where line.firstMatch(of: #/@Test.* func test[A-Z]/#) != nil {
                faults.append("\(path):\(index + 1): say the subject, the condition and the outcome")
            }
        }
        #expect(faults.isEmpty, "\(list(faults))")
    }

    @Test func everyGoldenFileIsSomeTestsExpectation() async throws {
        let files = try await RepositoryFiles.list()
        var faults: [String] = []
        for path in files.paths(under: "Tests", ending: ".golden") {
            let parts = path.components(separatedBy: "/Golden/")
            guard parts.count == 2 else {
                faults.append("\(path): goldens stand in a folder Golden beside their tests")
                continue
            }
            let folder = parts[0]
            let name = String(parts[1].dropLast(".golden".count))
            let isNamed = try files.paths(under: folder, ending: ".swift").contains {
                try RepositoryFiles.text($0).contains("\"\(name)\"")
            }
            // A case that is a fixture of the same name is a golden's reason too.
            let isFixture = files.paths(under: "\(folder)/Fixtures").contains { fixture in
                fixture.split(separator: "/").contains { $0 == name || $0.hasPrefix("\(name).") }
            }
            if !isNamed && !isFixture { faults.append("\(path): no test in \(folder) names it") }
        }
        #expect(faults.isEmpty, "\(list(faults))")
    }

    /// The lines of a folder's Swift files of which `isFaulty(line, line before)` says so, comments passed over.
    private func faultyLines(
        under folder: String, _ isFaulty: (_ line: String, _ before: String) -> Bool
    ) async throws -> [String] {
        var faults: [String] = []
        for path in try await RepositoryFiles.list().paths(under: folder, ending: ".swift") {
            var before = ""
            for (index, line) in try RepositoryFiles.lines(path).enumerated() {
                let code = line.trimmingCharacters(in: .whitespaces)
                if !code.hasPrefix("//"), isFaulty(line, before) { faults.append("\(path):\(index + 1): \(code)") }
                before = line
            }
        }
        return faults
    }
}
