import Diagnostics
import FleetModel
import Foundation
import Planning
import Scheduling
import Testing

/// The system's zones, as every test reads them.
let systemZones = ZoneDatabase.default(environment: ProcessInfo.processInfo.environment)

/// An instant in RFC 3339.
func at(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text), "'\(text)' is no instant") }

/// A small fleet in its three states, to be changed in a few words and planned.
///
/// As made: fleet `acme`, region eu-west-1, Anna in Berlin, the bots `watch` and `track`, nothing deployed, nothing recorded, nothing
/// in AWS. `now` is a Monday noon in UTC, 13:00 in Berlin.
struct FleetFixture {
    var settings = FleetSettings(
        name: "acme", aws: AWSSettings(region: "eu-west-1", bucket: "acme-bots", instanceProfile: "acme-bot"),
        database: DatabaseSettings(url: "mysql://botfleet@127.0.0.1/botfleet"),
        defaults: Defaults(instanceType: "t3.medium", storageGB: 32, ports: [22, 6080]))
    var regions = [Region(name: "eu-west-1", defaultImage: .id("ami-default"))]
    var users: [User] = []
    var schedules: [Schedule] = []
    var deployments: [Deployment] = []
    var sources = [BotSource(name: "puppeteer", url: "https://git.example.com/acme/puppeteer.git")]
    var bots: [Bot] = []
    /// The content of each bot's bundle, by bot.
    var bundles: [String: String] = ["watch": "watch at one", "track": "track at one"]
    var now: Instant
    var recorded = RecordedState()
    var observed = ObservedState()
    /// The number of the next thing that AWS makes.
    var serial = 1

    init() throws {
        users = [try FleetFixture.anna()]
        bots = ["watch", "track"].map {
            Bot(name: $0, source: "puppeteer", path: "\($0).js", commit: String(repeating: "a", count: 40))
        }
        now = try at("2026-11-23T12:00:00Z")
    }

    /// A fleet with these deployments, not applied yet.
    init(_ deployments: Deployment...) throws {
        try self.init()
        self.deployments = deployments
    }

    /// A fleet with these deployments, applied, with nothing left to do.
    static func applied(
        _ deployments: Deployment..., with change: (inout FleetFixture) throws -> Void = { _ in }
    ) throws -> FleetFixture {
        var fixture = try FleetFixture()
        fixture.deployments = deployments
        try change(&fixture)
        try fixture.apply()
        return fixture
    }

    // MARK: Planning

    var desired: DesiredState {
        func located<Value>(_ values: [Value], _ file: String) -> [Located<Value>] {
            values.enumerated().map { Located($1, at: SourceLocation(file: file, line: $0 + 1)) }
        }
        let repository = FleetRepository(
            settings: Located(settings, at: SourceLocation(file: "fleet/fleet.yaml")),
            regions: located(regions, "fleet/regions.yaml"), users: located(users, "fleet/users.yaml"),
            deployments: deployments.map { Located($0, at: SourceLocation(file: "fleet/deployments/\($0.name).yaml")) },
            schedules: schedules.map { Located($0, at: SourceLocation(file: "schedules/\($0.name).yaml")) },
            sources: located(sources, "bots/puppeteer.yaml"))
        let deployed = Set(deployments.map(\.bot))
        return DesiredState(
            repository: repository, bots: Dictionary(uniqueKeysWithValues: bots.map { ($0.name, $0) }),
            botLocations: Dictionary(uniqueKeysWithValues: bots.map { ($0.name, "bots/puppeteer.yaml:1") }),
            bundles: bundles.filter { deployed.contains($0.key) }.mapValues(FleetFixture.bundle),
            scripts: Dictionary(uniqueKeysWithValues: bots.map { ($0.name, $0.path) }),
            commit: String(repeating: "c", count: 40))
    }

    func result(_ options: PlanOptions = PlanOptions()) throws -> PlanResult {
        try Planner.plan(
            desired: desired, recorded: recorded, observed: observed, now: now, zones: systemZones, options: options)
    }

    func plan(_ options: PlanOptions = PlanOptions()) throws -> Plan { try result(options).plan }

    /// Each change as `action address`, in the plan's order.
    func changes(_ options: PlanOptions = PlanOptions()) throws -> [String] { try plan(options).lines }

    /// The errors alone, as they are shown.
    func errors(_ options: PlanOptions = PlanOptions()) throws -> [String] {
        try result(options).diagnostics.filter { $0.severity == .error }.map(\.description)
    }

    /// The plan's one change of an address.
    func change(_ address: Address, _ options: PlanOptions = PlanOptions()) throws -> Change {
        let plan = try plan(options)
        return try #require(plan.changes.first { $0.address == address }, "nothing changes \(address): \(plan.lines)")
    }

    func operation(_ instance: String, _ options: PlanOptions = PlanOptions()) throws -> InstanceOperation {
        let change = try change(.instance(instance), options)
        guard case .instance(let operation)? = change.operation else {
            throw FixtureFailure(
                message: "\(change.address) has another operation: \(String(describing: change.operation))")
        }
        return operation
    }

    /// What changes of an instance in place.
    func update(_ instance: String) throws -> InstanceUpdate {
        let operation = try operation(instance)
        guard case .update(let update) = operation.kind else {
            throw FixtureFailure(message: "\(instance) is not updated in place: \(operation.kind)")
        }
        return update
    }

    // MARK: Changing

    /// Plans, and carries the plan out as a perfect apply would.
    mutating func apply(_ options: PlanOptions = PlanOptions()) throws {
        try apply(try plan(options))
    }

    /// Changes the deployment of that name.
    mutating func edit(_ name: String, _ change: (inout Deployment) throws -> Void) throws {
        let index = try #require(deployments.firstIndex { $0.name == name })
        try change(&deployments[index])
    }

    /// Changes an instance in AWS, as a person would by hand.
    mutating func byHand(_ instance: String, _ change: (inout ObservedInstance) -> Void) throws {
        let id = try #require(recorded.instances[instance]?.instanceID)
        for (name, region) in observed.regions {
            guard let index = region.instances.firstIndex(where: { $0.instanceID == id }) else { continue }
            change(&observed.regions[name, default: ObservedRegion()].instances[index])
        }
    }

    /// Takes an instance out of AWS's listing.
    mutating func vanish(_ instance: String) throws {
        let id = try #require(recorded.instances[instance]?.instanceID)
        for name in observed.regions.keys { observed.regions[name]?.instances.removeAll { $0.instanceID == id } }
    }

    /// Changes an instance's row.
    mutating func record(_ instance: String, _ change: (inout RecordedInstance) -> Void) throws {
        var row = try #require(recorded.instances[instance])
        change(&row)
        recorded.instances[instance] = row
    }

    func seen(_ instance: String) throws -> ObservedInstance {
        let id = try #require(recorded.instances[instance]?.instanceID)
        return try #require(observed.regions.values.flatMap(\.instances).first { $0.instanceID == id })
    }

    // MARK: Values

    static func anna() throws -> User {
        User(
            email: "anna@example.com", timezone: "Europe/Berlin", region: "eu-west-1",
            allowedIPs: [try CIDR(parsing: "203.0.113.7/32")])
    }

    static func ben() throws -> User {
        User(
            email: "ben@example.com", timezone: "America/New_York", region: "us-east-2",
            allowedIPs: [try CIDR(parsing: "198.51.100.0/24")])
    }

    /// Mon to Fri, 08:00 to 18:30, in the user's zone unless one is given.
    static func officeHours(_ stop: String = "18:30", timezone: String? = nil) -> Schedule {
        let days: [DaySelector] = [.every(.mon), .every(.tue), .every(.wed), .every(.thu), .every(.fri)]
        return Schedule(
            name: "office-hours", timezone: timezone,
            week: [ScheduleEntry(days: days, start: LocalTime("08:00"), stop: LocalTime(stop))])
    }

    static func bundle(_ content: String) -> RecordedBundle {
        let digest = String(repeating: "0", count: 40) + content.utf8.map { String($0, radix: 16) }.joined()
        return RecordedBundle(key: content, contentDigest: digest, digest: digest, size: content.utf8.count)
    }
}

/// Why a fixture could not be looked at as a test asked.
struct FixtureFailure: Error, CustomStringConvertible {
    var message: String
    var description: String { message }
}

extension Deployment {
    /// A deployment of Anna's of the bot `watch`.
    static func web(
        _ name: String = "web", count: Int = 1, power: Power = .state(.running),
        _ change: (inout Deployment) -> Void = { _ in }
    ) -> Deployment {
        var deployment = Deployment(name: name, user: "anna@example.com", bot: "watch", count: count, power: power)
        change(&deployment)
        return deployment
    }
}

extension Plan {
    /// Each change as `action address`, in order.
    var lines: [String] { changes.map { "\($0.action.rawValue) \($0.address)" } }

    /// Each finding of drift as `address attribute`, with `fixed` where the plan undoes it.
    var driftLines: [String] { drift.map { "\($0.address) \($0.attribute)\($0.fixed ? " fixed" : "")" } }

    /// Each note as it is shown.
    var noteLines: [String] { notes.map { note in note.address.map { "\($0): \(note.message)" } ?? note.message } }
}
