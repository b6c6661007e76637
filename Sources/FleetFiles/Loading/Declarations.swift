import Diagnostics
import FleetModel

/// What the files declare, before names that refer to each other are checked.
struct Declarations {
    /// Kinds of things that other files refer to by name.
    enum Kind: Hashable {
        case region
        case user
        case schedule
    }

    var settings: Located<FleetSettings>?
    var regions: [Located<Region>] = []
    var users: [Located<User>] = []
    var deployments: [Located<Deployment>] = []
    var schedules: [Located<Schedule>] = []
    var sources: [Located<BotSource>] = []
    var customBots: [Located<CustomBot>] = []

    /// Kinds of which something could not be read: that a name is missing among them proves nothing.
    var incomplete: Set<Kind> = []

    /// The same as the model has it, everything by file and position; nil without settings.
    var repository: FleetRepository? {
        settings.map {
            FleetRepository(
                settings: $0, regions: ordered(regions), users: ordered(users), deployments: ordered(deployments),
                schedules: ordered(schedules), sources: ordered(sources), customBots: ordered(customBots))
        }
    }

    /// Values by place. They nearly always are so already: only links and subfolders are read out of turn.
    private func ordered<Value>(_ values: [Located<Value>]) -> [Located<Value>] {
        // By index, so that values are not copied to be compared.
        let isOrdered = values.indices.dropFirst().allSatisfy { values[$0 - 1].location <= values[$0].location }
        return isOrdered ? values : values.sorted { $0.location < $1.location }
    }
}
