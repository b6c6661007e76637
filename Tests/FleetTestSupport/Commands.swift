import Foundation

/// Runs a command to its end and returns what it left, whatever its status.
///
/// It can't hang: after `timeout` it is killed with all that it started, and `CommandFailure` is thrown.
/// `environment` is all that it gets; nil passes this process's own on.
public func run(
    _ command: [String], environment: [String: String]? = nil, in folder: URL? = nil, stdin: String = "",
    timeout: Duration = .seconds(120)
) async throws -> CommandResult {
    let process = try RunningProcess(
        command, environment: environment, in: folder, stdin: Data(stdin.utf8), lifetime: timeout)
    return try await withTaskCancellationHandler {
        try await process.wait()
    } onCancel: {
        process.sendToGroup(SIGKILL)
    }
}

/// Runs a command to its end and returns its standard output; throws with what it said where its status is not 0.
@discardableResult
public func succeed(
    _ command: [String], environment: [String: String]? = nil, in folder: URL? = nil, stdin: String = "",
    timeout: Duration = .seconds(120)
) async throws -> String {
    let result = try await run(command, environment: environment, in: folder, stdin: stdin, timeout: timeout)
    guard result.status == 0 else {
        throw CommandFailure(
            command: command, problem: "ended with status \(result.status): \(result.errors)\(result.output)")
    }
    return result.output
}
