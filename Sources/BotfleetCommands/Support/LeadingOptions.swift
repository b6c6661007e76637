/// Global options before the command, where git and make take theirs: `botfleet -C acme plan`.
///
/// The parser knows them as options of each command, so they are moved behind it.
enum LeadingOptions {
    private static let flags: Set<String> = ["--no-color"]
    private static let withValue: Set<String> = ["-C", "--log-level", "--log-format"]
    /// What answers by itself, whatever options there are.
    private static let answers: Set<String> = ["help", "--help", "-h", "--version"]

    /// The arguments with the global options at their beginning moved to their end, or before `--`.
    static func moved(_ arguments: [String]) -> [String] {
        var rest = arguments[...]
        var leading: [String] = []
        while let first = rest.first {
            if withValue.contains(first) {
                guard rest.count > 1 else { return arguments }
                leading += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else if flags.contains(first) || holdsItsValue(first) {
                leading.append(first)
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        guard let command = rest.first, !answers.contains(command) else { return Array(rest) }
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return rest[..<end] + leading + rest[end...]
    }

    /// Whether an argument is an option with its value: `--log-level=debug`.
    private static func holdsItsValue(_ argument: String) -> Bool {
        withValue.contains { $0.hasPrefix("--") && argument.hasPrefix("\($0)=") }
    }
}
