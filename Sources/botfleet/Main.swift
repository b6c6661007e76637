import BotfleetCommands

/// The command line tool: everything is in BotfleetCommands, so that tests can reach it.
@main
enum Main {
    static func main() async { await CommandLineTool.run(Array(CommandLine.arguments.dropFirst())) }
}
