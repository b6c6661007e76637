import FleetTestSupport
import Foundation
import Scheduling
import Testing

/// The Python programs beside these tests that judge by other means.
enum Oracle {
    /// Whether the long form of the randomised tests was asked for.
    static var isTorture: Bool { ProcessInfo.processInfo.environment["BOTFLEET_TORTURE"] == "1" }

    /// Runs a program of the folder Oracle with lines of JSON on standard input, and returns its lines.
    static func lines(_ program: String, _ input: [String]) async throws -> [String] {
        var environment = ProcessInfo.processInfo.environment
        // The same files that the tests read, whatever Python was built to read.
        environment["PYTHONTZPATH"] = systemZones.directory
        let python = environment["BOTFLEET_PYTHON"] ?? "python3"
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Oracle/\(program)")
        let output = try await succeed(
            [python, script.path], environment: environment, stdin: input.map { $0 + "\n" }.joined(),
            timeout: .seconds(isTorture ? 3000 : 300))
        return output.split(separator: "\n").map(String.init)
    }
}
