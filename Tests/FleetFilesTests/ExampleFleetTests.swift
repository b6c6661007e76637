import Diagnostics
import FleetFiles
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// The fleet of this repository itself, and the one that `init` writes.
@Suite struct ExampleFleetTests {
    @Test func exampleFleetValidates() throws {
        let loaded = FleetFolder.load(repositoryRoot)
        #expect(loaded.diagnostics == [])
        let fleet = try #require(loaded.repository)
        #expect(fleet.settings.value.name == "acme" && fleet.settings.value.aws.bucket == "acme-bots")
        #expect(fleet.regions.map(\.value.name) == ["eu-west-1", "us-east-2"])
        #expect(Set(fleet.users.map(\.value.timezone)).count == 3)
        #expect(fleet.sources.count == 1 && fleet.customBots.count == 1)
        #expect(fleet.deployments.count == 5 && fleet.schedules.count == 4)
    }

    @Test func exampleFleetIsReadAsItIsWritten() throws {
        let fleet = try #require(FleetFolder.load(repositoryRoot).repository)
        let linkedin = try #require(fleet.deployments.first { $0.value.name == "linkedin-watch" })
        #expect(linkedin.value.instanceNames == ["linkedin-watch-1", "linkedin-watch-2", "linkedin-watch-3"])
        #expect(linkedin.value.power == .schedule("office-hours") && linkedin.value.whenLost == .restore)
        #expect(linkedin.value.parameters["password"] == .ssm("/bots/linkedin/password"))
        #expect(linkedin.value.parameters["speed"] == .text("5"))
        #expect(
            linkedin.location == Diagnostics.SourceLocation(file: "fleet/deployments/linkedin.yaml", line: 2, column: 1)
        )
        #expect(linkedin.place(of: "parameters.speed").line == 12)
        let pages = try #require(fleet.deployments.first { $0.value.name == "page-pictures" }).value
        #expect(pages.region == "eu-west-1" && pages.hold?.reason == "site under repair")
        #expect(pages.hold?.until?.description == "2026-12-01T08:00:00")
        let nights = try #require(fleet.schedules.first { $0.value.name == "nights" }).value
        #expect(nights.timezone == nil && nights.week.count == 2)
        #expect(nights.week[0].days == [.every(.mon), .every(.tue), .every(.wed), .every(.thu)])
        let quarters = try #require(fleet.schedules.first { $0.value.name == "quarters" }).value
        #expect(quarters.week[0].days == [.nth(.mon, 1)] && quarters.week[0].months == [1, 4, 7, 10])
        #expect(quarters.week[1].monthdays == [.last] && quarters.week[1].stop?.minutes == 1440)
        #expect(
            fleet.regions[0].value.defaultImage
                == .newest(
                    owner: "099720109477", name: "ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-*"))
    }

    @Test(arguments: ["acme", "a", "x-1", String(repeating: "n", count: 63), "a-" + String(repeating: "b", count: 60)])
    func templateValidatesForAnyName(name: String) async throws {
        try await withTemporaryDirectory { folder in
            for file in FleetTemplate.files(fleetName: name) {
                try folder.write(file.text, to: file.path)
                #expect(file.text.hasSuffix("\n") && !file.text.hasSuffix("\n\n"), "\(file.path)")
            }
            let loaded = FleetFolder.load(folder)
            #expect(loaded.diagnostics == [])
            let fleet = try #require(loaded.repository)
            #expect(fleet.settings.value.name == name)
            #expect(fleet.deployments.count == 1 && fleet.customBots.count == 1 && fleet.schedules.count == 1)
        }
    }

    @Test func templatesScriptIsJavaScript() async throws {
        let script = try #require(FleetTemplate.files(fleetName: "acme").first { $0.path.hasSuffix(".js") })
        try await withTemporaryDirectory { folder in
            let file = try folder.write(script.text, to: "hello.js")
            try await succeed(["node", "--check", file.path])
        }
    }

    /// The examples of docs/files.md, in its order, are a fleet that validates.
    @Test func examplesOfTheReferenceValidate() async throws {
        let page = try String(contentsOf: repositoryRoot.appending(path: "docs/files.md"), encoding: .utf8)
        let blocks = page.matches(of: /(?s)```yaml\n(.*?)```/).map { String($0.output.1) }
        let paths = [
            "fleet/fleet.yaml", "fleet/regions.yaml", "fleet/users.yaml", "fleet/deployments/linkedin.yaml",
            "bots/puppeteer.yaml", "bots/price-watch.yaml", "schedules/office-hours.yaml",
        ]
        #expect(blocks.count == paths.count)
        var folder = FleetFolder(files: [:])
        for (path, block) in zip(paths, blocks) { folder = folder.with(path, block) }
        let loaded = try await folder.with("boot/common.sh", "#!/bin/sh\n")
            .with("bots/price-watch/price-watch.custom.js", "//\n").with("bots/price-watch/package.json", "{}\n").load()
        #expect(loaded.diagnostics == [])
        #expect(loaded.repository?.settings.value.broadcast.count == 2)
        #expect(loaded.repository?.settings.value.gitops?.apply == .auto)
    }
}
