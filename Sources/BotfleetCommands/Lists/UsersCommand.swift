import ArgumentParser
import FleetModel
import FleetStore
import Views

/// `botfleet users`: who has instances here.
struct UsersCommand: ListCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "List users; an e-mail address shows one.")
    static let noun = "user"
    @OptionGroup var options: GlobalOptions
    @Option(help: "table or json.") var format: ListFormat = .table
    @Argument(
        help: ArgumentHelp("Show this one whole.", valueName: "email"), transform: { User.key($0) }) var name: String?

    func rows(_ store: FleetStore, _ recorded: RecordedState, _ context: CommandContext) throws -> [UserRow] {
        let instances = Dictionary(grouping: recorded.instances.values, by: \.user)
        return try recorded.values(.user, as: User.self).map { user in
            let theirs = instances[user.key] ?? []
            return UserRow(
                user, instances: theirs.count, running: theirs.count { $0.state == .running },
                grants: recorded.grants.filter { User.key($0.user) == user.key })
        }
    }

    static func name(of row: UserRow) -> String { row.user.key }
}
