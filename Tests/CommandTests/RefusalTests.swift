import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// What plan and apply refuse, and how they say it: guards, plan files, protection, limits (SPEC 4, 5).
@Suite struct RefusalTests {
    @Test func planExitsWith0NothingToDo2ChangesAnd1Failed() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            let first = try await fleet.botfleet("plan", "--detailed-exitcode")
            #expect(first.status == 2)
            #expect(try await fleet.botfleet("plan").status == 0)
            try await fleet.expectNothingMade("planned")
            try await fleet.apply()
            #expect(try await fleet.botfleet("plan", "--detailed-exitcode").status == 0)
            // Drift that no change follows is nothing to do.
            try fleet.write("fleet/deployments/web.yaml", "name: web\n")
            let failed = try await fleet.botfleet("plan", "--detailed-exitcode", "--format", "json")
            #expect(failed.status == 1)
            #expect(failed.output == "")
            var transcript = Transcript()
            transcript.add("invalid files", failed, of: fleet)
            transcript.add("invalid files, apply", try await fleet.refused("apply", "--auto-approve"), of: fleet)
            expectGolden(transcript.text, "invalid-files")
            #expect(try await fleet.names() == ["web-1"])
        }
    }

    @Test func planFileThatIsNotThisFleetsCurrentPlanIsRefused() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            let folder = fleet.folder.appending(path: ".git")
            let good = folder.appending(path: "good.plan").path
            #expect(try await fleet.botfleet("plan", "--out", good).status == 0)
            let text = try String(contentsOfFile: good, encoding: .utf8)
            var transcript = Transcript()
            for (title, content) in [
                ("garbage", "\u{1}garbage"), ("empty", ""), ("a list", "[]"),
                ("half a plan", String(text.prefix(text.count / 2))),
                ("newer format", text.replacing(#""format_version":1"#, with: #""format_version":2"#)),
                ("another fleet's", text.replacing(#""fleet":"\#(fleet.name)""#, with: #""fleet":"globex""#)),
            ] {
                let file = folder.appending(path: "bad.plan").path
                try content.write(toFile: file, atomically: true, encoding: .utf8)
                transcript.add(title, try await fleet.refused("apply", "--auto-approve", file), of: fleet)
            }
            transcript.add("no file", try await fleet.refused("apply", "--auto-approve", "/nowhere/plan"), of: fleet)
            transcript.add("a folder", try await fleet.refused("apply", "--auto-approve", "/"), of: fleet)
            transcript.add("no terminal", try await fleet.refused("apply"), of: fleet)
            transcript.add("no terminal, saved plan", try await fleet.refused("apply", good), of: fleet)
            transcript.add("out: no folder", try await fleet.planRefused(out: "/nowhere/plan"), of: fleet)
            transcript.add("out: a folder", try await fleet.planRefused(out: "/"), of: fleet)
            try await fleet.expectNothingMade("refused plan files")
            try fleet.deploy("web", "instance_type: t3.large")
            transcript.add("stale", try await fleet.refused("apply", "--auto-approve", good), of: fleet)
            #expect(try await fleet.names() == [])
            expectGolden(transcript.text, "plan-file-refusals")
        }
    }

    @Test func savedPlanIsReadableByItsOwnerAloneAndDoesExactlyWhatItSays() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            let file = fleet.folder.appending(path: ".git/saved.plan").path
            #expect(try await fleet.botfleet("plan", "--target", "instance.web-1", "--out", file).status == 0)
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            // What came to the files since, elsewhere, is no part of the saved plan.
            try fleet.deploy("other")
            let applied = try await fleet.botfleet("apply", "--auto-approve", file)
            #expect(applied.status == 0, "\(applied.errors)")
            #expect(try await fleet.names() == ["web-1"])
            let left = ["create fleet.\(fleet.name)", "create deployment.other", "create instance.other-1"]
            #expect(try await fleet.planned() == left)
            let again = try await fleet.botfleet("apply", "--auto-approve", file)
            #expect(again.status == 1)
            #expect(again.errors.contains("the saved plan no longer holds"))
            #expect(try await fleet.names() == ["web-1"])
        }
    }

    @Test func guardsStopWhatWouldTerminateTooMuchUntilAllowed() async throws {
        try await TestFleet.with { fleet in
            let settings = try String(contentsOf: fleet.folder.appending(path: "fleet/fleet.yaml"), encoding: .utf8)
            try fleet.write(
                "fleet/fleet.yaml", settings.replacing("max_terminations: 100", with: "max_terminations: 1"))
            try fleet.deploy("web", "count: 4")
            try await fleet.apply()
            var transcript = Transcript()
            try fleet.deploy("web", "count: 2")
            transcript.add(try await fleet.applyRefused(), "too many terminations", of: fleet)
            transcript.add(try await fleet.applyRefused("--allow-terminations", "1"), "too few allowed", of: fleet)
            try fleet.deploy("web", "count: 0")
            transcript.add(
                try await fleet.applyRefused("--allow-terminations", "3"), "none left, too few allowed", of: fleet)
            try fleet.deploy("web", "count: 4")
            let replacing = try await fleet.applyRefused(
                "--replace", "instance.web-1", "--replace", "instance.web-2")
            transcript.add(replacing, "too many replacements", of: fleet)
            #expect(try await fleet.names() == ["web-1", "web-2", "web-3", "web-4"])
            try fleet.deploy("web", "count: 2")
            try await fleet.apply("--allow-terminations", "2")
            #expect(try await fleet.names() == ["web-1", "web-2"])
            expectGolden(transcript.text, "guard-refusals")
        }
    }

    @Test func protectedDeploymentIsNeitherShrunkReplacedNorDeletedUntilAnApplyOfItsOwnCleared() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("vault", "count: 2\nprotect: true\nstorage_gb: 40")
            try fleet.deploy("web")
            try await fleet.apply()
            let before = try await fleet.witnessed()
            var transcript = Transcript()
            try fleet.deploy("vault", "count: 1\nprotect: true\nstorage_gb: 40")
            transcript.add("fewer", try await fleet.refused("plan", "--format", "json"), of: fleet)
            try fleet.deploy("vault", "count: 2\nprotect: true\nstorage_gb: 40")
            transcript.add("replaced", try await fleet.refused("plan", "--replace", "instance.vault-2"), of: fleet)
            try fleet.deploy("vault", "count: 1\nstorage_gb: 40")
            transcript.add("cleared and fewer at once", try await fleet.refused("apply", "--auto-approve"), of: fleet)
            try fleet.deploy("vault", "count: 2\nstorage_gb: 39")
            transcript.add("less storage", try await fleet.refused("plan"), of: fleet)
            try fleet.remove("fleet/deployments/vault.yaml")
            transcript.add("file gone", try await fleet.refused("apply", "--auto-approve"), of: fleet)
            #expect(try await fleet.witnessed() == before)
            try fleet.deploy("vault", "count: 2\nstorage_gb: 40")
            try await fleet.apply()
            try fleet.remove("fleet/deployments/vault.yaml")
            try await fleet.apply()
            #expect(try await fleet.names() == ["web-1"])
            expectGolden(transcript.text, "protection-refusals")
        }
    }

    @Test func limitsOfARegionFailThePlanAndNotTheValidation() async throws {
        try await TestFleet.with { fleet in
            try fleet.write("fleet/regions.yaml", "- {name: eu-west-1, limit: 2, default_image: ami-785db401}\n")
            try fleet.deploy("web", "count: 3")
            #expect(try await fleet.botfleet("validate").status == 0)
            var transcript = Transcript()
            transcript.add("over the limit", try await fleet.refused("plan", "--format", "json"), of: fleet)
            transcript.add("over the limit, apply", try await fleet.refused("apply", "--auto-approve"), of: fleet)
            try await fleet.expectNothingMade("over the limit")
            expectGolden(transcript.text, "limit-refusals")
            try fleet.deploy("web", "count: 2")
            try await fleet.apply()
        }
    }

    @Test func targetTakesOneInstanceWithWhatItNeedsAndNothingElse() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web", "count: 2")
            try fleet.deploy("other")
            try await fleet.apply("--target", "instance.web-2")
            #expect(try await fleet.names() == ["web-2"])
            let nothing = try await fleet.botfleet("plan", "--target", "instance.web-9", "--detailed-exitcode")
            #expect(nothing.status == 0)
            #expect(nothing.output.contains("instance.web-9: nothing has this address, or nothing of it changes"))
            try await fleet.apply()
            #expect(try await fleet.names() == ["other-1", "web-1", "web-2"])
        }
    }

    @Test func personAtATerminalIsAskedAndOnlyYesApproves() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            let refused = try await fleet.atTerminal("apply", typing: "no\n")
            #expect(refused.status == 1)
            #expect(refused.output.contains("Do this? Only 'yes' will: "))
            #expect(refused.output.contains("not applied: nothing but 'yes' approves"))
            #expect(refused.output.contains("\u{1B}["), "no colours on a terminal")
            #expect(try await fleet.names() == [])
            // Without an answer nothing is left: neither the lease nor an apply.
            #expect(try await fleet.heldLeases() == [])
            #expect(try await fleet.database.mysql("SELECT COUNT(*) FROM applies") == [["0"]])
            let plain = try await fleet.atTerminal("plan", "--no-color", typing: "")
            #expect(!plain.output.contains("\u{1B}["), "colours despite --no-color")
            let approved = try await fleet.atTerminal("apply", typing: "yes\n")
            #expect(approved.status == 0, "\(approved.output)")
            #expect(approved.output.contains("Apply complete"))
            #expect(try await fleet.names() == ["web-1"])
        }
    }
}

extension Transcript {
    /// An apply that is refused after it showed its plan, which stays out of the transcript.
    fileprivate mutating func add(_ result: CommandResult, _ title: String, of fleet: TestFleet) {
        #expect(result.output.hasPrefix("Fleet ") || result.output.isEmpty, "\(title): \(result.output)")
        let words = CommandResult(status: result.status, standardOutput: Data(), standardError: result.standardError)
        add(title, words, of: fleet)
    }
}

extension TestFleet {
    fileprivate func applyRefused(_ arguments: String...) async throws -> CommandResult {
        try await run(
            [botfleetBinary.path, "apply", "--auto-approve"] + arguments, environment: environment, in: self.folder)
    }

    fileprivate func planRefused(out file: String) async throws -> CommandResult {
        try await refused("plan", "--out", file)
    }

    /// Runs botfleet on a pseudo-terminal; both outputs are one.
    fileprivate func atTerminal(_ arguments: String..., typing: String) async throws -> CommandResult {
        let program = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
        var variables = environment
        variables["TERM"] = "xterm"
        variables["NO_COLOR"] = nil
        return try await run(
            [sandbox.python, "-c", program, botfleetBinary.path] + arguments, environment: variables, in: folder,
            stdin: typing, timeout: .seconds(60))
    }
}
