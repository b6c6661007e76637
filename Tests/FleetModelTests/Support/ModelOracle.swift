import Foundation
import Testing

/// Python's ipaddress and datetime, asked many questions at once.
enum ModelOracle {
    /// The answers to lines of JSON, a line each.
    static func answers(to questions: [String]) throws -> [String] {
        let file = URL.temporaryDirectory.appending(path: "botfleet-model-\(UUID().uuidString).jsonl")
        try Data(questions.map { $0 + "\n" }.joined().utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }  // only cleanup
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Oracle/model_oracle.py")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let python = ProcessInfo.processInfo.environment["BOTFLEET_PYTHON"] ?? "python3"
        process.arguments = [python, script.path, file.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(python) \(script.path) failed")
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
        try #require(lines.count == questions.count)
        return lines
    }
}

/// SplitMix64: the same numbers for the same seed, so that a failure can be repeated.
struct ModelGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
