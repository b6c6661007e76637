import FleetModel
import FleetTestSupport
import Foundation
import Glibc
import Testing

/// From the file of a bot to a link of its result: the real program, the real agent with real node, moto in between (SPEC 10).
@Suite struct AgentTests {
    private static let script = """
        /** ABOUT
        { "name": "watch", "description": "Looks at a page" }
        */
        /** PARAMS
        [ {"name": "speed", "type": "range", "range": "1-9", "default": 5} ]
        */
        const fs = require('node:fs');
        const params = JSON.parse(fs.readFileSync('params/params.json', 'utf8'));
        fs.mkdirSync('output/json', {recursive: true});
        fs.writeFileSync('output/json/speed.json', JSON.stringify({speed: params.speed.value, user: params.userEmail.value}));
        console.log('watching');
        setInterval(() => {}, 1000);

        """

    @Test(.enabled(if: commandExists("node"), "node is on the PATH"))
    func botThatWasAppliedRunsOnItsInstanceAndItsResultsHaveLinks() async throws {
        try await TestFleet.behindManners { fleet, manners in
            try fleet.write("bots/watch/watch.js", Self.script)
            try fleet.deploy("web", "count: 1\nstate: running\nparameters: {speed: 7}")
            try await fleet.apply()
            try await withInstance("web-1", of: fleet) {
                try await waitUntil("its result is listed", timeout: .seconds(60)) {
                    _ = try await fleet.botfleet("sync", "objects", "web-1")
                    let objects = try await fleet.botfleet("objects", "web-1", "--format", "json").json().list
                    return objects.compactMap { $0.at("path")?.text } == ["json/speed.json"]
                }
                let objects = try await fleet.botfleet("objects", "--type", "json", "--format", "json").json().list
                #expect(objects.first?.at("type")?.text == "json")
                let tree = try await fleet.botfleet("objects", "web-1")
                #expect(tree.output.contains("└── json/\n    └── speed.json  "), "\(tree.output)")
                try await links(of: fleet)

                let shown = try await fleet.botfleet("instances", "web-1", "--format", "json").json()
                #expect(shown.at("agent_bot")?.text == "running" && shown.at("agent_params_version") == 1, "\(shown)")

                // A changed parameter arrives within a poll, and EC2 is asked for nothing that changes anything.
                let changing = { () async throws -> [String: Int] in
                    // S3's are called `PUT object` and the like.
                    try await manners.counts().filter {
                        !$0.key.hasPrefix("Describe") && !$0.key.hasPrefix("Get") && !$0.key.contains(" ")
                    }
                }
                let before = try await changing()
                try fleet.deploy("web", "count: 1\nstate: running\nparameters: {speed: 8}")
                try await fleet.apply()
                try await waitUntil("the bot runs with it", timeout: .seconds(30)) {
                    let shown = try await fleet.botfleet("instances", "web-1", "--format", "json").json()
                    return shown.at("agent_params_version") == 2
                }
                let after = try await changing()
                #expect(after == before)
            }
        }
    }

    /// Links that are right answer, and others don't.
    private func links(of fleet: TestFleet) async throws {
        let keys = ["AWS_ACCESS_KEY_ID": "door", "AWS_SECRET_ACCESS_KEY": "secret/door"]
        try await fleet.sandbox.withAgentServer("presign_door.py", ["--backend", fleet.moto], variables: keys) { door in
            let link = try await fleet.botfleet(
                "objects", "web-1", "json/speed.json", "--link", "--expires", "90s",
                environment: keys.merging(["AWS_ENDPOINT_URL": door]) { $1 })
            #expect(link.status == 0 && link.output.hasPrefix("\(door)/"), "\(link.errors)")
            let url = link.output.trimmingCharacters(in: .newlines)
            let found = try await curl(url, fleet)
            #expect(found == #"{"speed":7,"user":"anna@example.com"}200"#)
            #expect(try await curl(url.replacing("speed.json", with: "other.json"), fleet).hasSuffix("403"))
            #expect(
                try await curl(url.replacing("X-Amz-Expires=90", with: "X-Amz-Expires=900"), fleet).hasSuffix("403"))
        }
    }

    private func curl(_ url: String, _ fleet: TestFleet) async throws -> String {
        try await run(
            ["curl", "--silent", "--noproxy", "*", "--max-time", "20", "--write-out", "%{http_code}", url],
            environment: fleet.environment
        ).output
    }

    /// Runs the agent as an instance of this name would, by what its user data says.
    private func withInstance(
        _ name: String, of fleet: TestFleet, isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { root in
            let config = try root.write(try await instanceFile(name, of: fleet), to: "instance.json")
            let box = try RunningProcess(
                [
                    fleet.sandbox.python, repositoryRoot.appending(path: "Tests/Agent/agent_box.py").path, "--root",
                    root.appending(path: "root").path, "--config", config.path,
                ], environment: fleet.environment, lifetime: .seconds(300))
            do {
                try await waitUntil("the agent runs", timeout: .seconds(30)) { box.outputSoFar.contains("ready") }
                try await body()
                box.send(SIGTERM)
                _ = try await box.wait()
            } catch {
                box.send(SIGTERM)
                _ = try await box.wait()
                throw error
            }
        }
    }

    /// What cloud-init would write of the user data that moto was given.
    private func instanceFile(_ name: String, of fleet: TestFleet) async throws -> String {
        let id = try #require(try await fleet.witnessed().first { $0.name == name }).id
        let attribute = try await fleet.sandbox.aws(
            ["ec2", "describe-instance-attribute", "--instance-id", id, "--attribute", "userData"], endpoint: fleet.moto
        )
        let encoded = try #require(attribute.at("UserData", "Value")?.text)
        let script = """
            import base64, gzip, sys, yaml
            files = yaml.safe_load(gzip.decompress(base64.b64decode(sys.stdin.read())))["write_files"]
            print(base64.b64decode(next(f for f in files if f["path"].endswith("/instance.json"))["content"]).decode())
            """
        return try await run(
            [fleet.sandbox.python, "-c", script], environment: fleet.environment, stdin: encoded
        ).output
    }
}
