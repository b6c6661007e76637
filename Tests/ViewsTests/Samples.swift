import FleetModel
import Planning
import Views

/// Values that several tests show.
enum Samples {
    /// Monday, 2026-11-23 07:00 UTC.
    static let now = Instant(seconds: 1_795_417_200)
    static let commit = "0123456789abcdef0123456789abcdef01234567"
    static let digest = String(repeating: "0a1b2c3d", count: 8)
    static let otherDigest = String(repeating: "ff00ee11", count: 8)
    /// A value that would colour a terminal, break lines, fences and HTML, turn text around and mention people.
    static let hostile =
        "\u{1B}[31mred\u{1B}[0m\r\n```\n</details><script>x</script> @everyone | \u{202E}txt\u{9B}2J \"q\" \\"

    static func attributes(_ more: [String: JSONValue] = [:]) -> JSONValue {
        let members: [String: JSONValue] = [
            "bot": "linkedin-track-companies", "boot_script": .null, "bundle": .string(digest), "image": "default",
            "instance_profile": "acme-bot", "instance_type": "t3.medium",
            "parameters": [
                "password": ["ssm": "/bots/linkedin/password"], "speed": "5", "url": "https://example.com/a?b=c",
            ],
            "protect": false, "region": "eu-west-1", "state": "running", "storage_gb": 32, "user": "anna@example.com",
        ]
        return .object(members.merging(more) { $1 })
    }

    static func create(_ name: String, reason: String = "not recorded yet") -> Change {
        Change(
            address: .instance(name), action: .create, systems: [.aws, .mysql], reason: reason,
            location: "fleet/deployments/linkedin.yaml:1", after: attributes())
    }

    static func update(_ name: String, id: String) -> Change {
        var parameters = attributes()["parameters"] ?? .null
        if case .object(var members) = parameters {
            members["speed"] = "6"
            members["depth"] = "2"
            members["url"] = nil
            parameters = .object(members)
        }
        return Change(
            address: .instance(name), action: .update, systems: [.aws, .mysql], reason: "parameters, bundle changed",
            location: "fleet/deployments/linkedin.yaml:1",
            before: attributes(["instance_id": .string(id)]),
            after: attributes(["parameters": parameters, "bundle": .string(otherDigest)]))
    }

    static func plan(
        _ changes: [Change], drift: [Drift] = [], notes: [PlanNote] = [], upcoming: [Plan.Upcoming] = [],
        hours: Plan.BeforeAfter = Plan.BeforeAfter(before: 150, after: 195),
        cost: Plan.BeforeAfter? = nil, commit: String? = Samples.commit, dirty: Bool = false,
        options: PlanOptions = PlanOptions()
    ) -> Plan {
        Plan(
            fleet: "acme", commit: commit, dirty: dirty, createdAt: now, changes: changes, drift: drift, notes: notes,
            upcoming: upcoming, runningHoursPerWeek: hours, costPerWeek: cost, options: options)
    }

    /// One of each action, drift, notes, starts and stops, and cost.
    static var everything: Plan {
        let rules: JSONValue = [
            "vpc": .null, "rules": ["22 from 203.0.113.7/32", "6002 from 203.0.113.7/32", "6080 from 203.0.113.7/32"],
        ]
        let more: JSONValue = [
            "vpc": .null, "rules": ["22 from 203.0.113.7/32", "22 from 2001:db8::/32", "6080 from 203.0.113.7/32"],
        ]
        return plan(
            [
                Change(
                    address: .schedule("office-hours"), action: .update, systems: [.mysql],
                    reason: "its definition changed", location: "schedules/office-hours.yaml:1",
                    before: [
                        "name": "office-hours", "timezone": "Europe/Berlin", "enforce": false, "exceptions": [],
                        "week": [["days": ["mon", "tue"], "start": "08:00", "stop": "18:30"]],
                    ],
                    after: [
                        "name": "office-hours", "timezone": "Europe/Berlin", "enforce": true, "exceptions": [],
                        "week": [
                            ["days": ["mon", "tue"], "start": "08:00", "stop": "19:00"],
                            ["days": ["sat"], "start": "22:00", "stop": "02:00"],
                        ],
                    ]),
                Change(
                    address: .securityGroup(region: "eu-west-1", user: "anna@example.com"), action: .update,
                    systems: [.aws, .mysql], reason: "its rules changed", location: "fleet/users.yaml:1", before: rules,
                    after: more),
                create("linkedin-watch-2"), update("linkedin-watch-1", id: "i-0123456789abcdef0"),
                Change(
                    address: .instance("linkedin-watch-3"), action: .replace, systems: [.aws, .mysql],
                    reason: "its image changed", location: "fleet/deployments/linkedin.yaml:1",
                    before: attributes(["instance_id": "i-0aa", "image": "ami-0old"]),
                    after: attributes(["image": "ami-0new"])),
                Change(
                    address: .instance("old-1"), action: .delete, systems: [.aws, .mysql],
                    reason: "its deployment is in no file any more",
                    before: ["bot": "price-watch", "instance_id": "i-0bb", "region": "us-east-2", "boot_script": .null]),
                Change(
                    address: .instance("price-1"), action: .start, systems: [.aws, .mysql],
                    reason: "running by office-hours until Mon 18:30", location: "fleet/deployments/price.yaml:1",
                    before: ["state": "stopped", "region": "us-east-2", "instance_id": "i-0cc"],
                    after: ["state": "running", "region": "us-east-2"]),
                Change(
                    address: .instance("price-2"), action: .stop, systems: [.aws, .mysql], reason: "stopped by hold",
                    location: "fleet/deployments/price.yaml:1", before: ["state": "running", "instance_id": "i-0dd"],
                    after: ["state": "stopped"]),
                Change(
                    address: .instance("price-3"), action: .restore, systems: [.aws, .mysql],
                    reason: "AWS lost i-0123456789abcdef1", location: "fleet/deployments/price.yaml:1",
                    after: ["bot": "price-watch"]),
                Change(
                    address: .instance("price-4"), action: .adopt, systems: [.aws, .mysql],
                    reason: "i-0ee bears its name and has no record", location: "fleet/deployments/price.yaml:1",
                    before: ["instance_id": "i-0ee", "instance_type": "t3.small"],
                    after: ["instance_type": "t3.small", "bot": "price-watch"]),
                Change(
                    address: .instance("night-1"), action: .create, systems: [.mysql],
                    reason: "not recorded yet; stopped by nights until Mon 22:00, launched by its first start",
                    location: "fleet/deployments/night.yaml:3", after: ["bot": "price-watch"]),
            ],
            drift: [
                Drift(
                    address: .instance("linkedin-watch-1"), attribute: "instance_type", recorded: "t3.medium",
                    observed: "t3.large", fixed: true, location: "fleet/deployments/linkedin.yaml:1"),
                Drift(
                    address: .instance("linkedin-watch-1"), attribute: "tags.Name", recorded: "linkedin-watch-1",
                    observed: .null, fixed: true, location: "fleet/deployments/linkedin.yaml:1"),
                Drift(
                    address: .securityGroup(region: "eu-west-1", user: "anna@example.com"), attribute: "other_rules",
                    recorded: [], observed: ["tcp 1-1024 from 0.0.0.0/0"], fixed: false, location: "fleet/users.yaml:1"),
            ],
            notes: [
                PlanNote(nil, "an apply was interrupted; the next one first finishes or undoes its 2 open steps"),
                PlanNote(.instance("price-9"), "lost; `botfleet restore price-9` brings it back"),
            ],
            upcoming: [upcoming("linkedin-watch"), upcoming("price")],
            cost: Plan.BeforeAfter(before: 6.84, after: 8.892), dirty: true)
    }

    static func upcoming(_ deployment: String, entries: [Plan.Upcoming.Entry]? = nil) -> Plan.Upcoming {
        Plan.Upcoming(
            address: .deployment(deployment), timezone: "Europe/Berlin",
            transitions: entries ?? [
                entry("2026-11-23T08:00:00+01:00", .start), entry("2026-11-23T18:30:00+01:00", .stop),
                entry("2026-11-24T08:00:00+01:00", .start), entry("2026-11-24T18:30:00+01:00", .stop),
            ])
    }

    static func entry(_ local: String, _ action: Session.Action) -> Plan.Upcoming.Entry {
        Plan.Upcoming.Entry(at: Instant(rfc3339: local) ?? now, local: local, action: action)
    }

    static func instance(_ name: String, _ state: InstanceState = .running, upFor seconds: Int? = 11_520)
        -> RecordedInstance
    {
        RecordedInstance(
            id: 7, name: name, deployment: "linkedin-watch", region: "eu-west-1", user: "anna@example.com",
            bot: "linkedin-track-companies", state: state, generation: 2, instanceID: "i-0123456789abcdef0",
            instanceType: "t3.medium", storageGB: 32, imageID: "ami-0abc", publicIP: "203.0.113.9",
            launchedAt: seconds.map { now - $0 }, upTimeMinutes: 190, totalUpTimeMinutes: 4_711, paramsVersion: 3)
    }
}

/// Whether a text holds nothing that a terminal would obey but newlines.
func isHarmless(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
        if scalar == "\n" { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator:
            return scalar.value == 0x200C || scalar.value == 0x200D
        default: return true
        }
    }
}
