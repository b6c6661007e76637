import FleetModel
import Foundation
import Planning

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), so that a failing fleet can be made again from its number.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &self) == 0 }

    mutating func pick<Value>(_ first: Value, _ others: Value...) -> Value {
        ([first] + others).randomElement(using: &self) ?? first
    }
}

/// Fleets, edits and hand-made changes at random: whatever files may say, and whatever people do in AWS.
enum RandomFleet {
    /// Stands in every place where a secret could be given, and must be in no plan.
    static let plantedSecret = "hunter2-planted"

    static func make(_ dice: inout Dice) throws -> FleetFixture {
        var fixture = try FleetFixture()
        fixture.now = Instant(seconds: Int64.random(in: 1_700_000_000...1_800_000_000, using: &dice))
        fixture.settings.database = DatabaseSettings(url: "mysql://botfleet:\(plantedSecret)@127.0.0.1/botfleet")
        fixture.regions.append(Region(name: "us-east-2", defaultImage: .id("ami-east")))
        fixture.users.append(try FleetFixture.ben())
        fixture.schedules = [FleetFixture.officeHours(), Schedule(name: "never")]
        edit(&fixture, &dice)
        return fixture
    }

    /// Changes some of the files.
    static func edit(_ fixture: inout FleetFixture, _ dice: inout Dice) {
        if dice.chance(4) { fixture.settings.aws.instanceProfile = dice.pick("acme-bot", "other-bot") }
        if dice.chance(6) { fixture.settings.defaults.ports = dice.pick([22], [22, 6080], []) }
        if dice.chance(6) { fixture.settings.boot = dice.pick(nil, BootScript(script: "boot.sh", text: "echo hello")) }
        if dice.chance(6) { fixture.settings.prices = dice.pick([:], ["t3.medium": 0.0456, "c5.large": 0.1]) }
        if dice.chance(6) { fixture.bundles["watch"] = dice.pick("watch at one", "watch at two") }
        if dice.chance(6) { fixture.regions[0].defaultImage = .id(dice.pick("ami-default", "ami-newer")) }
        for index in fixture.users.indices where dice.chance(3) {
            fixture.users[index].sshPublicKey = dice.pick(nil, "ssh-ed25519 AAAA", "ssh-ed25519 BBBB")
            fixture.users[index].status = dice.pick(.active, .active, .active, .suspended)
            fixture.users[index].timezone = dice.pick("Europe/Berlin", "America/New_York", "Asia/Kolkata")
        }
        if dice.chance(3) { fixture.schedules[0] = FleetFixture.officeHours(dice.pick("12:30", "18:30", "24:00")) }
        var names = Set(fixture.deployments.map(\.name))
        fixture.deployments.removeAll { _ in dice.chance(8) }
        for index in fixture.deployments.indices where dice.chance(3) {
            let old = fixture.deployments[index]
            var new = deployment(old.name, &dice)
            // What has a volume cannot have a smaller one.
            new.storageGB = max(new.storageGB ?? 32, old.storageGB ?? 32)
            fixture.deployments[index] = new
        }
        while names.count < 4 || dice.chance(3) {
            let name = "bot-\(Int.random(in: 1...99, using: &dice))"
            guard names.insert(name).inserted else { continue }
            fixture.deployments.append(deployment(name, &dice))
        }
    }

    private static func deployment(_ name: String, _ dice: inout Dice) -> Deployment {
        Deployment(
            name: name, user: dice.pick("anna@example.com", "ben@example.com"), bot: dice.pick("watch", "track"),
            region: dice.pick(nil, nil, "eu-west-1", "us-east-2"), count: Int.random(in: 0...4, using: &dice),
            instanceTypes: dice.pick([], ["c5.large"], ["t3.medium", "c5.large"]), storageGB: dice.pick(nil, 32, 48),
            image: dice.pick(nil, nil, "ami-own"),
            power: dice.pick(.state(.running), .state(.stopped), .schedule("office-hours"), .schedule("never")),
            parameters: dice.pick([:], ["speed": .text("5")], ["password": .ssm("/bots/password")]),
            whenLost: dice.pick(.restore, .report),
            hold: dice.pick(
                nil, nil, Hold(state: .stopped), Hold(state: .running, until: LocalDateTime("2025-06-01T08:00"))),
            drift: dice.pick(.fix, .fix, .report), instanceProfile: dice.pick(nil, nil, "own-bot"))
    }

    /// Changes AWS and the records as people, sync and time do.
    static func disturb(_ fixture: inout FleetFixture, _ dice: inout Dice) throws {
        fixture.now = fixture.now + Int.random(in: 0...400_000, using: &dice)
        for name in fixture.recorded.instances.keys.sorted() where dice.chance(3) {
            guard let row = fixture.recorded.instances[name], row.managed, let id = row.instanceID,
                fixture.observed.regions.values.contains(where: { $0.instances.contains { $0.instanceID == id } })
            else { continue }
            switch Int.random(in: 0..<10, using: &dice) {
            case 0: try fixture.byHand(name) { $0.state = .stopped }
            case 1: try fixture.byHand(name) { $0.instanceType = "c5.metal" }
            case 2: try fixture.byHand(name) { $0.tags[Tag.name] = nil }
            case 3: try fixture.byHand(name) { $0.securityGroupIDs = ["sg-open"] }
            case 4: try fixture.byHand(name) { $0.instanceProfileARN = nil }
            case 5: try fixture.byHand(name) { $0.state = .terminated }
            case 6:
                try fixture.vanish(name)
                try fixture.record(name) { $0.state = .lost }
            case 7:
                try fixture.byHand(name) { $0.state = .terminated }
                try fixture.record(name) { $0.state = .terminated }
            case 8: try fixture.record(name) { $0.state = .lost }
            default:
                fixture.recorded.overrides[name] = PowerOverride(
                    instance: name, state: dice.pick(.running, .stopped), until: dice.pick(nil, fixture.now + 3600))
            }
        }
        for region in fixture.observed.regions.keys.sorted() {
            fixture.observed.regions[region]?.instances.append(stranger(region, &dice))
        }
    }

    /// Somebody else's machine, often under a name of ours.
    private static func stranger(_ region: String, _ dice: inout Dice) -> ObservedInstance {
        ObservedInstance(
            instanceID: "i-stranger-\(dice.next())", region: region, state: dice.pick(.running, .stopped, .terminated),
            instanceType: "t3.medium", imageID: "ami-1", securityGroupIDs: ["sg-stranger"],
            tags: dice.pick(
                [:], [Tag.name: "bot-1-1"],
                [Tag.name: "bot-1-1", Tag.fleet: "other", Tag.userEmail: "anna@example.com"],
                [Tag.fleet: "other"]))
    }
}
