import ArgumentParser
import Logging
import Views

/// The options that every command takes (SPEC 3).
struct GlobalOptions: ParsableArguments {
    @Option(name: [.customShort("C")], help: ArgumentHelp("The fleet repository.", valueName: "dir"))
    var folder: String = "."

    @Flag(name: .customLong("no-color"), help: "No colours, also on a terminal (as NO_COLOR does).")
    var noColor = false

    @Option(
        name: .customLong("log-level"),
        help: "trace, debug, info, notice, warning, error or critical (default: warning; of run: info).")
    var logLevel: LogLevel?

    @Option(name: .customLong("log-format"), help: "How log lines on standard error look: text or json.")
    var logFormat: LogFormat = .text
}

/// How log lines look.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

extension ListFormat: ExpressibleByArgument {}

/// From which level on log lines are written: swift-log's levels.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case trace
    case debug
    case info
    case notice
    case warning
    case error
    case critical

    /// The same level as swift-log's.
    var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .warning }
}
