import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// bots:sync-local, `sync bots` and `bots` against a git repository, moto and MariaDB, by the real program (SPEC 6).
@Suite struct BotsSyncTests {
    /// A fleet whose bot `shot` is of a source, and the source's folder.
    private func withSource(_ body: (TestFleet, Source) async throws -> Void) async throws {
        try await TestFleet.with { fleet in
            let source = Source(folder: fleet.folder.appending(path: ".git/source"))
            try FileManager.default.createDirectory(at: source.folder, withIntermediateDirectories: true)
            try await source.git("init", "-q", "-b", "main")
            try source.write("shot", parameters: "{\"name\": \"url\", \"type\": \"string\"}")
            try source.write("old", parameters: "")
            try await source.commit()
            try fleet.write("bots/puppeteer.yaml", "source: puppeteer\nurl: file://\(source.folder.path)\n")
            try fleet.write(
                "fleet/deployments/shots.yaml",
                "name: shots\nuser: anna@example.com\nbot: shot\ncount: 1\nparameters: {url: \"https://a.example\"}\n")
            try fleet.write("fleet/deployments/olds.yaml", "name: olds\nuser: anna@example.com\nbot: old\ncount: 1\n")
            try await fleet.apply()
            try await body(fleet, source)
        }
    }

    struct Source {
        let folder: URL

        func git(_ arguments: String...) async throws {
            try await succeed(
                ["git", "-c", "user.name=Anna", "-c", "user.email=anna@example.com"] + arguments, in: folder)
        }

        func write(_ bot: String, parameters: String) throws {
            _ = try folder.write(
                "/** ABOUT\n{\"name\": \"\(bot)\", \"description\": \"d\"}\n*/\n/** PARAMS\n[\(parameters)]\n*/\n",
                to: "\(bot).js")
        }

        func commit() async throws {
            try await git("add", "-A")
            try await git("commit", "-q", "-m", "change")
        }
    }

    @Test func newChangedAndRetiredBotsAreToldAndNothingThatWasAppliedChanges() async throws {
        try await withSource { fleet, source in
            let first = try await fleet.botfleet("sync", "bots")
            #expect(first.status == 0 && first.errors.contains("new: old, shot"), "\(first.errors)")
            let again = try await fleet.botfleet("sync", "bots")
            #expect(again.status == 0 && again.errors.contains(" 0 rows changed"), "\(again.errors)")

            try source.write("shot", parameters: "{\"name\": \"address\", \"type\": \"url\"}")
            try source.write("fresh", parameters: "")
            try FileManager.default.removeItem(at: source.folder.appending(path: "old.js"))
            try await source.commit()
            let before = try await fleet.database.mysql("SELECT name, definition FROM bots ORDER BY name")
            let result = try await fleet.botfleet("duty", "bots:sync-local")
            #expect(result.status == 0, "\(result.errors)")
            for line in [
                "new: fresh", "changed: shot", "retired: old", "deployment.shots: bot 'shot' takes no parameter 'url'",
                "deployment.shots: missing parameter 'address' of bot 'shot' (url)",
                "deployment.olds: bot 'old' is no longer in source 'puppeteer'; what runs of it goes on",
            ] {
                #expect(result.errors.contains(line), "\(line): \(result.errors)")
            }
            #expect(try await fleet.database.mysql("SELECT name, definition FROM bots ORDER BY name") == before)
            #expect(try await fleet.names() == ["olds-1", "shots-1"])
            let rows = try await fleet.botfleet("bots")
            let statuses = rows.output.split(separator: "\n").dropFirst().map { line in
                let words = line.split(separator: " ").map(String.init)
                return [words[0]] + words.filter { ["new", "changed", "retired", "current"].contains($0) }
            }
            #expect(
                statuses == [["fresh", "new"], ["old", "retired"], ["shot", "changed"], ["watch"]], "\(rows.output)")
            let shot = try await fleet.botfleet("bots", "shot", "--format", "json").json()
            #expect(shot.at("deployments")?.list.compactMap(\.text) == ["shots"])
            #expect(shot.at("status")?.text == "changed")
            let event = try await fleet.database.mysql(
                "SELECT payload FROM events WHERE type = 'BotsSyncSucceeded' ORDER BY id DESC LIMIT 1")
            #expect(
                event == [
                    [
                        "{\"added\":[\"fresh\"],\"changed\":[\"shot\"],\"retired\":[\"old\"],\"unfit\":[\"olds\",\"shots\"]}"
                    ]
                ])
        }
    }

    @Test func sourceThatCannotBeReadKeepsItsBotsAndHoldsUpNoOther() async throws {
        try await withSource { fleet, source in
            _ = try await fleet.botfleet("sync", "bots")
            let other = Source(folder: fleet.folder.appending(path: ".git/other"))
            try FileManager.default.createDirectory(at: other.folder, withIntermediateDirectories: true)
            try await other.git("init", "-q", "-b", "main")
            try other.write("second", parameters: "")
            try await other.commit()
            try fleet.write("bots/zother.yaml", "source: zother\nurl: file://\(other.folder.path)\n")
            try await fleet.apply()
            try FileManager.default.moveItem(at: source.folder, to: fleet.folder.appending(path: ".git/away"))
            let result = try await fleet.botfleet("sync", "bots")
            #expect(result.status == 1 && result.errors.contains("source.puppeteer: "), "\(result.errors)")
            #expect(result.errors.contains("new: second"), "\(result.errors)")
            let rows = try await fleet.database.mysql(
                "SELECT name, retired_at IS NULL FROM bot_catalogue ORDER BY name")
            #expect(rows == [["old", "1"], ["second", "1"], ["shot", "1"]])
            let sources = try await fleet.database.mysql(
                "SELECT name, last_error IS NULL, commit_id IS NULL FROM bot_sources ORDER BY name")
            #expect(sources == [["puppeteer", "0", "0"], ["zother", "1", "0"]])
        }
    }
}
