import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Lists, status, validate, init, schema: their JSON keys, their tables, what they say of what is not there (SPEC 3).
@Suite struct ListCommandTests {
    private static let lists = [
        "instances", "users", "bots", "regions", "images", "schedules", "deployments", "sessions", "events",
    ]

    @Test func everyListIsEmptyOnAnEmptyDatabaseAndInvitesNobodyToMigrate() async throws {
        try await TestFleet.with { fleet in
            for list in Self.lists {
                let json = try await fleet.botfleet(list, "--format", "json")
                #expect(
                    json == CommandResult(status: 0, standardOutput: Data("[]\n".utf8), standardError: Data()),
                    "\(list)")
                let table = try await fleet.botfleet(list)
                #expect(table.output == "No \(list).\n", "\(list)")
            }
            let status = try await fleet.botfleet("status", "--format", "json").json()
            #expect(status.at("fleet")?.text == fleet.name)
            #expect(status.at("deployments") == [])
            #expect(status.at("last_apply") == .null)
            let migrations = try await fleet.botfleet("db", "status", "--format", "json")
            #expect(migrations.status == 1)
            #expect(try migrations.json().list.allSatisfy { $0.at("state")?.text == "pending" })
            #expect(try await fleet.database.mysql("SHOW TABLES") == [])
            let migrated = try await fleet.botfleet("db", "migrate")
            #expect(migrated.status == 0)
            #expect(migrated.output.hasPrefix("migrated 0001_"))
            #expect(try await fleet.botfleet("db", "migrate").output == "The schema is current; nothing to migrate.\n")
            #expect(try await fleet.botfleet("db", "status").status == 0)
            for list in Self.lists {
                #expect(try await fleet.botfleet(list).status == 0, "\(list) of a migrated database")
            }
        }
    }

    @Test func listsAfterAnApplyHaveTheKeysThatScriptsRelyOn() async throws {
        try await TestFleet.with { fleet in
            try fleet.write(
                "schedules/always.yaml",
                "name: always\ntimezone: UTC\nweek:\n  - {days: everyday, start: \"00:00\", stop: \"24:00\"}\n")
            try fleet.deploy("web", "count: 2\nschedule: always")
            try await fleet.apply()
            let keys: [(String, [String])] = [
                (
                    "instances",
                    [
                        "name", "deployment", "user", "bot", "region", "state", "instance_id", "public_ip",
                        "launched_at", "up_time_minutes", "total_up_time_minutes", "managed",
                    ]
                ),
                (
                    "sessions",
                    ["instance", "action", "scheduled_for", "executed_at", "outcome", "attempts", "source", "error"]
                ),
                ("bots", ["name", "source", "path", "commit", "parameters"]),
            ]
            for (list, expected) in keys {
                let result = try await fleet.botfleet(list, "--format", "json")
                let rows = try result.json().list
                #expect(!rows.isEmpty, "\(list)")
                for row in rows { #expect(row.keys == Set(expected), "\(list)") }
                // As SPEC 3 writes them, one after another.
                let order = expected.compactMap { result.output.firstRange(of: "\"\($0)\":")?.lowerBound }
                #expect(order == order.sorted(), "\(list): \(result.output)")
            }
            let instances = try await fleet.botfleet("instances", "--format", "json").json().list
            let live = try await fleet.witnessed()
            #expect(instances.map { $0.at("instance_id")?.text } == live.map(\.id))
            #expect(instances.allSatisfy { $0.at("state")?.text == "running" && $0.at("managed") == true })
            #expect(instances.allSatisfy { Instant(rfc3339: $0.at("launched_at")?.text ?? "") != nil })
            for list in Self.lists { try await expectSnakeCase(list, fleet) }
            let status = try await fleet.botfleet("status", "--format", "json").json()
            #expect(status.at("instances", "running") == 2)
            #expect(status.at("last_apply", "outcome")?.text == "succeeded")
            let events = try await fleet.botfleet("events", "--format", "json").json().list
            #expect(events.map { $0.at("type")?.text }.last == "ApplyFinished")
            #expect(
                try await fleet.botfleet("events", "--limit", "1", "--format", "json").json().list == [
                    try #require(events.last)
                ])
        }
    }

    @Test func oneThingIsShownByNameAndAnUnknownOneMissedWithASuggestion() async throws {
        try await TestFleet.with { fleet in
            try fleet.write(
                "schedules/always.yaml", "name: always\ntimezone: UTC\nweek:\n  - {days: mon, stop: \"23:00\"}\n")
            try fleet.deploy("web", "schedule: always")
            try await fleet.apply()
            var transcript = Transcript()
            for (list, right, wrong) in [
                ("instances", "web-1", "web-l"), ("users", "ANNA@example.com", "ana@example.com"),
                ("bots", "watch", "wach"), ("regions", "eu-west-1", "eu-west-2"), ("schedules", "always", "alway"),
                ("deployments", "web", "wep"), ("images", "", "ami-1"),
            ] {
                transcript.add("\(list) \(wrong)", try await fleet.refused(list, wrong, "--format", "json"), of: fleet)
                guard !right.isEmpty else { continue }
                let one = try await fleet.botfleet(list, right, "--format", "json")
                #expect(try one.json().keys.count > 4, "\(list): \(one.errors)")
                #expect(try await fleet.botfleet(list, right).status == 0)
            }
            transcript.add("schema deploy", try await fleet.refused("schema", "deploy"), of: fleet)
            let span = ["--from", "2026-03-01", "--until", "2026-03-02"]
            transcript.add(
                "schedule preview alway",
                try await fleet.refused("schedule", "preview", "alway", span[0], span[1], span[2], span[3]),
                of: fleet)
            transcript.add(
                "schedule preview from nonsense",
                try await fleet.refused("schedule", "preview", "always", "--from", "noon", "--until", "2026-03-02"),
                of: fleet)
            expectGolden(transcript.text, "unknown-names")
        }
    }

    @Test func folderIsTakenBeforeAndAfterTheCommand() async throws {
        try await TestFleet.with { fleet in
            let elsewhere = fleet.folder.appending(path: ".git").path
            for arguments in [
                ["-C", fleet.folder.path, "validate"], ["validate", "-C", fleet.folder.path],
                ["--no-color", "-C", "..", "validate"], ["-C", "..", "db", "status"],
                ["-C", "..", "--log-level", "debug", "--log-format=json", "validate"],
            ] {
                let result = try await run(
                    [botfleetBinary.path] + arguments, environment: fleet.environment, in: URL(filePath: elsewhere))
                #expect(result.status == (arguments.contains("db") ? 1 : 0), "\(arguments): \(result.errors)")
                #expect(!result.output.isEmpty, "\(arguments)")
            }
            try fleet.write("fleet/fleet.yaml", "name: [")
            let broken = try await fleet.refused("instances", "--format", "json")
            #expect(broken.status == 1)
            #expect(broken.output == "")
            #expect(broken.errors.hasPrefix("fleet/fleet.yaml:1:"), "\(broken.errors)")
            let outside = try await run(
                [botfleetBinary.path, "instances"],
                environment: fleet.environment.merging(["BOTFLEET_DATABASE_URL": ""]) { $1 },
                in: URL(filePath: "/"))
            #expect(outside.status == 1)
            #expect(
                outside.errors == """
                    error: '/' is no fleet repository: it has no fleet/fleet.yaml
                      use -C DIR, or make one with botfleet init

                    """)
        }
    }

    @Test func validateReportsAllErrorsForPeopleAndForEditors() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web", "shedule: nights\nbott: x")
            let people = try await fleet.botfleet("validate")
            #expect(people.status == 1)
            #expect(people.output == "")
            #expect(
                people.errors == """
                    fleet/deployments/web.yaml:4:1: error: unknown key 'shedule' (did you mean 'schedule'?)
                    fleet/deployments/web.yaml:5:1: error: unknown key 'bott' (did you mean 'bot'?)
                    2 errors

                    """, "\(people.errors)")
            let editors = try await fleet.botfleet("validate", "--format", "json")
            #expect(editors.status == 1)
            #expect(editors.errors == "")
            let first = try #require(try editors.json().list.first)
            #expect(first.at("file")?.text == "fleet/deployments/web.yaml")
            #expect(first.at("line") == 4)
            #expect(first.at("column") == 1)
            #expect(first.at("severity")?.text == "error")
            try fleet.deploy("web", "count: 2")
            let valid = try await fleet.botfleet("validate")
            #expect(
                valid.output
                    == "Fleet '\(fleet.name)' is valid: 1 deployment with 2 instances, 1 user, 0 schedules, 1 region.\n"
            )
            // Nothing but the files was asked: it works with neither database nor AWS.
            let alone = try await fleet.botfleet(
                "validate",
                environment: [
                    "BOTFLEET_DATABASE_URL": "mysql://127.0.0.1:1/x", "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
                ])
            #expect(alone.status == 0)
        }
    }

    @Test func initMakesAFleetThatValidatesAndOverwritesNothing() async throws {
        try await withTemporaryDirectory { folder in
            let environment = try await Sandbox.shared().environment
            func botfleet(_ arguments: String...) async throws -> CommandResult {
                try await run([botfleetBinary.path] + arguments, environment: environment, in: folder)
            }
            let made = try await botfleet("init", "acme")
            #expect(made.status == 0)
            #expect(made.output.contains("wrote fleet/fleet.yaml\n"))
            // What init says to do next works as it is written.
            #expect(made.errors.contains("  botfleet -C acme validate\n"))
            let valid = try await botfleet("-C", "acme", "validate")
            #expect(valid.status == 0, "\(valid.errors)")
            #expect(valid.output.hasPrefix("Fleet 'acme' is valid: "))
            let again = try await botfleet("init", "acme")
            #expect(again.status == 1)
            #expect(again.output == "")
            #expect(again.errors.contains("exists already"))
            let misnamed = try await botfleet("init", "Bad_Name")
            #expect(misnamed.errors.hasPrefix("error: 'bad_name' cannot be a fleet's name\n"))
            let nowhere = try await botfleet("init", "/proc/fleet")
            #expect(nowhere.status == 1)
            #expect(nowhere.errors == "error: '/proc/fleet/.gitignore' cannot be written: No such file or directory\n")
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "Bad_Name").path))
        }
    }

    @Test func readerThatStopsReadingEndsAListQuietly() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            try await fleet.apply()
            for command in ["events --format json", "plan --format json", "instances", "--help", "schema deployment"] {
                let result = try await run(
                    ["bash", "-c", "set -o pipefail; \"$0\" \(command) | head -c 1", botfleetBinary.path],
                    environment: fleet.environment, in: fleet.folder)
                #expect(result.output.count == 1, "\(command)")
                #expect(!result.errors.contains("error"), "\(command): \(result.errors)")
                #expect(result.status == 0, "\(command): \(result.status)")
            }
            // A full disk is an error, not silence.
            let full = try await run(
                ["bash", "-c", "\"$0\" instances --format json > /dev/full", botfleetBinary.path],
                environment: fleet.environment, in: fleet.folder)
            #expect(full.status == 1, "\(full.errors)")
        }
    }

    /// Expects a list's keys to be snake_case, and its times RFC 3339 in UTC.
    private func expectSnakeCase(_ list: String, _ fleet: TestFleet) async throws {
        let result = try await fleet.botfleet(list, "--format", "json")
        #expect(result.status == 0 && result.errors == "", "\(list)")
        for row in try result.json().list {
            for key in row.keys {
                #expect(key.wholeMatch(of: #/[a-z][a-z0-9_]*/#) != nil, "\(list): \(key)")
                guard key.hasSuffix("_at") || key == "at" || key == "scheduled_for", let text = row.at(key)?.text else {
                    continue
                }
                #expect(text.wholeMatch(of: #/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/#) != nil, "\(list): \(key) \(text)")
            }
        }
    }
}

extension JSONValue {
    /// The names of an object's members; none for other values.
    var keys: Set<String> {
        guard case .object(let members) = self else { return [] }
        return Set(members.keys)
    }
}
