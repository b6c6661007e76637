import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// The README's example: this repository's own fleet, planned and applied, and the plan of the edit that it shows.
@Suite struct ReadmeTests {
    @Test func planInTheReadmeIsTheOneThatItsEditGives() async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.withPrivateMoto { moto in
            try await TestFleet.with(moto: moto) { fleet in
                try await useOwnFleet(fleet)
                try await fleet.apply()
                #expect(try await fleet.planned() == [])
                let shops = fleet.folder.appending(path: "fleet/deployments/shops.yaml")
                let text = try String(contentsOf: shops, encoding: .utf8)
                #expect(text.contains("pages: 5"))
                try text.replacing("pages: 5", with: "pages: 10").write(to: shops, atomically: true, encoding: .utf8)
                let plan = try await fleet.botfleet("plan")
                #expect(plan.status == 0, "\(plan.errors)")
                let shown = try shownPlan()
                #expect(Self.comparable(plan.output).contains(Self.comparable(shown)), "\(plan.output)")
            }
        }
    }

    /// Puts this repository's fleet in place of the test's own, with the sandbox's bot source beside it.
    private func useOwnFleet(_ fleet: TestFleet) async throws {
        let files = FileManager.default
        for name in ["fleet", "bots", "schedules"] {
            let target = fleet.folder.appending(path: name)
            if files.fileExists(atPath: target.path) { try files.removeItem(at: target) }
            try files.copyItem(at: repositoryRoot.appending(path: name), to: target)
        }
        try files.createDirectory(at: fleet.folder.appending(path: ".sandbox"), withIntermediateDirectories: true)
        try files.copyItem(
            at: fleet.sandbox.folder.appending(path: "puppeteer.git"),
            to: fleet.folder.appending(path: ".sandbox/puppeteer.git"))
        let settings = fleet.folder.appending(path: "fleet/fleet.yaml")
        let text = try String(contentsOf: settings, encoding: .utf8)
        try text.replacing("bucket: acme-bots ", with: "bucket: \(fleet.bucket) ")
            .write(to: settings, atomically: true, encoding: .utf8)
        try await fleet.sandbox.aws(
            ["iam", "create-instance-profile", "--instance-profile-name", "acme-bot"], endpoint: fleet.moto)
    }

    /// The block behind the README's remark on this test.
    private func shownPlan() throws -> String {
        let readme = try String(contentsOf: repositoryRoot.appending(path: "README.md"), encoding: .utf8)
        let rest = try #require(readme.split(separator: "ReadmeTests.swift -->", maxSplits: 1).last)
        let parts = rest.split(separator: "```", maxSplits: 2, omittingEmptySubsequences: false)
        return String(try #require(parts.dropFirst().first))
    }

    /// A plan without the instance ids, which are others on every run.
    private static func comparable(_ text: String) -> String {
        text.replacing(#/i-[0-9a-f]{17}/#, with: "i-…").trimmingCharacters(in: .newlines)
    }
}
