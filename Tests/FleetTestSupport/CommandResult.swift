import FleetModel
import Foundation

/// What a finished command left: its status and both of its outputs.
public struct CommandResult: Sendable, Equatable {
    /// The exit status; 128 + the signal's number where a signal ended the command, as a shell counts.
    public var status: Int32
    /// What it wrote to standard output.
    public var standardOutput: Data
    /// What it wrote to standard error.
    public var standardError: Data

    /// Standard output as text; bytes that are not UTF-8 become U+FFFD.
    public var output: String { String(decoding: standardOutput, as: UTF8.self) }
    /// Standard error as text; bytes that are not UTF-8 become U+FFFD.
    public var errors: String { String(decoding: standardError, as: UTF8.self) }

    /// The result of a command that ended.
    public init(status: Int32, standardOutput: Data, standardError: Data) {
        self.status = status
        self.standardOutput = standardOutput
        self.standardError = standardError
    }

    /// Standard output as JSON, of any shape. Throws where it is not JSON, with what it was instead.
    public func json() throws -> JSONValue {
        do {
            return try JSONDecoder().decode(JSONValue.self, from: standardOutput)
        } catch {
            throw CommandFailure(
                command: [], problem: "printed no JSON (\(error)): \(output.prefix(2_000)) \(errors.prefix(2_000))")
        }
    }
}

/// A command that could not be started, did not end in time, or failed where it had to succeed.
public struct CommandFailure: Error, CustomStringConvertible {
    /// The program and its arguments.
    public var command: [String]
    /// What went wrong.
    public var problem: String

    /// A failure of `command`.
    public init(command: [String], problem: String) {
        self.command = command
        self.problem = problem
    }

    /// The command as one would type it, and the problem.
    public var description: String {
        (command + ["— \(problem)"]).joined(separator: " ")
    }
}
