import FleetTestSupport
import Foundation
import Testing

/// packaging/: what systemd says of the units, and that they run the commands that there are.
@Suite struct PackagingTests {
    private static let folder = repositoryRoot.appending(path: "packaging/systemd")

    private func units() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
    }

    @Test func systemdFindsNoFaultInTheUnitsAndTimers() async throws {
        try await withTemporaryDirectory { folder in
            for unit in try units() {
                let text = try String(contentsOf: Self.folder.appending(path: unit), encoding: .utf8)
                // It wants the program where the unit says; here it is where it was built.
                let placed = text.replacing("/usr/local/bin/botfleet", with: botfleetBinary.path)
                // A colon in a file's name means an alias to systemd-analyze alone.
                try folder.write(placed, to: unit.replacing(":", with: "_"))
            }
            let names = try units().map { $0.replacing(":", with: "_").replacing("@.", with: "@instance_start.") }
            #expect(names.count == 10)
            let result = try await run(
                ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no"]
                    + names.map { folder.appending(path: $0).path },
                environment: ProcessInfo.processInfo.environment)
            #expect(result.status == 0, "\(result.errors)")
            #expect(!result.errors.contains("botfleet-"), "\(result.errors)")
        }
    }

    @Test func timersAreOfDutiesThatTheProgramKnows() async throws {
        for unit in try units() where unit.hasSuffix(".timer") {
            let name = unit.replacing("botfleet-duty@", with: "").replacing(".timer", with: "")
            let result = try await run(
                [botfleetBinary.path, "duty", name, "--help"], environment: ProcessInfo.processInfo.environment)
            #expect(result.output.contains(name), "\(unit)")
        }
    }
}
