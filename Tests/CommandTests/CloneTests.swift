import FleetTestSupport
import Foundation
import Testing

/// `clone` on files alone, by the real program (SPEC 3).
@Suite struct CloneTests {
    @Test func clonedDeploymentIsPlannedBesideItsOriginal() async throws {
        try await TestFleet.with { fleet in
            try fleet.write(
                "fleet/deployments/web.yaml",
                "# The first.\nname: web\nuser: anna@example.com\nbot: watch\ncount: 2 # two of them\n---\n"
                    + "name: other\nuser: anna@example.com\nbot: watch\n")
            let result = try await fleet.botfleet("clone", "web", "web-copy")
            #expect(
                result.status == 0 && result.output == "wrote fleet/deployments/web-copy.yaml\n", "\(result.errors)")
            let text = try String(
                contentsOf: fleet.folder.appending(path: "fleet/deployments/web-copy.yaml"), encoding: .utf8)
            #expect(text == "name: web-copy\nuser: anna@example.com\nbot: watch\ncount: 2 # two of them\n")
            let planned = try await fleet.planned()
            #expect(planned.contains("create deployment.web-copy") && planned.contains("create instance.web-copy-2"))
        }
    }

    @Test func cloneThatCannotBeIsRefusedAndWritesNothing() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web", "count: 3")
            for (arguments, text) in [
                (["weg", "copy"], "did you mean 'web'?"), (["web", "Copy"], "'Copy' cannot be a deployment's name"),
                (["web", "web"], "there is a deployment 'web' already"),
                (["web", "web-2"], "fleet/deployments/web-2.yaml was not written"),
            ] {
                let result = try await run(
                    [botfleetBinary.path, "clone"] + arguments, environment: fleet.environment, in: fleet.folder)
                #expect(
                    result.status == 1 && result.errors.contains(text), "\(arguments): \(result.errors)\(result.output)"
                )
            }
            let files = try FileManager.default.contentsOfDirectory(
                atPath: fleet.folder.appending(path: "fleet/deployments").path)
            #expect(files == ["web.yaml"])
        }
    }
}
