import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// What is missing or wrong around botfleet: one clear line with what to do, exit 1, nothing half-made.
@Suite struct EnvironmentFaultTests {
    @Test func databaseThatCannotBeOpenedIsOneLineAndMakesNothing() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            var transcript = Transcript()
            let cases: [(String, [String: String])] = [
                ("wrong password", ["BOTFLEET_DATABASE_PASSWORD": "planted-password"]),
                ("no password", ["BOTFLEET_DATABASE_PASSWORD": "", "MYSQL_PWD": ""]),
                ("no server", ["BOTFLEET_DATABASE_URL": "mysql://botfleet@127.0.0.1:1/botfleet"]),
                ("no such host", ["BOTFLEET_DATABASE_URL": "mysql://botfleet@nowhere.invalid/botfleet?tls=off"]),
                ("unknown database", ["BOTFLEET_DATABASE_URL": fleet.database.url + "_gone"]),
                ("untrusted server", ["BOTFLEET_DATABASE_URL": fleet.database.url + "?tls=verify"]),
                ("password in the URL", ["BOTFLEET_DATABASE_URL": "mysql://anna:planted-password@127.0.0.1/botfleet"]),
                ("no URL at all", ["BOTFLEET_DATABASE_URL": "planted-password"]),
                ("no database named", ["BOTFLEET_DATABASE_URL": "mysql://botfleet@127.0.0.1:3306"]),
                ("URL of the file", ["BOTFLEET_DATABASE_URL": ""]),
            ]
            for (title, environment) in cases {
                let planned = try await fleet.refused("plan", "--format", "json", environment: environment)
                transcript.add(title, planned, of: fleet)
                for command in [["apply", "--auto-approve"], ["instances", "--format", "json"], ["db", "status"]] {
                    let result = try await run(
                        [botfleetBinary.path] + command,
                        environment: fleet.environment.merging(TestFleet.planted) { $1 }.merging(environment) { $1 },
                        in: fleet.folder)
                    #expect(result.status == 1, "\(title): \(command)")
                    #expect(result.errors == planned.errors, "\(title): \(command)")
                }
            }
            try await fleet.expectNothingMade("database faults")
            expectGolden(transcript.text, "database-faults")
        }
    }

    @Test func credentialsAndEndpointsThatDoNotWorkAreOneLineAndMakeNothing() async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.withEC2Manners(before: sandbox.awsEndpoint) { manners in
            try await TestFleet.with { fleet in
                try fleet.deploy("web")
                var transcript = Transcript()
                let none = [
                    "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": "",
                    "AWS_CONFIG_FILE": "", "AWS_SHARED_CREDENTIALS_FILE": "", "HOME": "/nonexistent",
                ]
                let cases: [(String, [String: String])] = [
                    ("no credentials", none), ("half a pair", ["AWS_SECRET_ACCESS_KEY": ""]),
                    ("unknown profile", none.merging(["AWS_PROFILE": "nobody"]) { $1 }),
                    ("nothing listens", ["AWS_ENDPOINT_URL": "http://127.0.0.1:1"]),
                    ("endpoint without an address", ["AWS_ENDPOINT_URL": "http://nowhere.invalid"]),
                    ("endpoint that is no URL", ["AWS_ENDPOINT_URL": "nonsense"]),
                ]
                for (title, environment) in cases {
                    transcript.add(title, try await fleet.refused("plan", environment: environment), of: fleet)
                    let applied = try await fleet.refused("apply", "--auto-approve", environment: environment)
                    #expect(applied.status == 1 && applied.output == "", "\(title): \(applied.errors)")
                }
                let mannered = ["AWS_ENDPOINT_URL": manners.endpoint]
                for (title, action, kind) in [
                    ("unknown key", "GetCallerIdentity", "InvalidClientTokenId"),
                    ("expired token", "GetCallerIdentity", "ExpiredToken"),
                    ("not allowed to look", "DescribeInstances", "UnauthorizedOperation"),
                    ("region not enabled", "DescribeInstances", "OptInRequired"),
                ] {
                    try await manners.set(["reset": true])
                    try await manners.set(
                        "faults", to: [["action": .string(action), "kind": .string(kind), "status": 403]])
                    let result = try await fleet.refused("plan", "--format", "json", environment: mannered)
                    transcript.add(title, result, of: fleet)
                }
                try await fleet.expectNothingMade("credential faults")
                expectGolden(transcript.text, "credential-faults")
            }
        }
    }

    @Test func bucketThatIsMissingOrAnothersStopsEverythingBeforeAnythingIsMade() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            var transcript = Transcript()
            let settings = try String(contentsOf: fleet.folder.appending(path: "fleet/fleet.yaml"), encoding: .utf8)
            try fleet.write("fleet/fleet.yaml", settings.replacing(fleet.bucket, with: "botfleet-no-such-bucket"))
            transcript.add("bucket missing", try await fleet.refused("plan", "--format", "json"), of: fleet)
            transcript.add("bucket missing, apply", try await fleet.refused("apply", "--auto-approve"), of: fleet)
            try fleet.write("fleet/fleet.yaml", settings)
            for (title, marker) in [
                ("bucket of another fleet", #"{"account":"123456789012","fleet":"globex"}"#),
                ("marker unreadable", "?"),
            ] {
                let file = fleet.folder.appending(path: ".git/marker").path
                try marker.write(toFile: file, atomically: true, encoding: .utf8)
                try await fleet.sandbox.aws(
                    ["s3api", "put-object", "--bucket", fleet.bucket, "--key", "botfleet.json", "--body", file],
                    endpoint: fleet.moto)
                transcript.add(title, try await fleet.refused("plan", "--format", "json"), of: fleet)
                transcript.add("\(title), apply", try await fleet.refused("apply", "--auto-approve"), of: fleet)
            }
            try await fleet.expectNothingMade("bucket faults")
            // Not even the fleet's name: another would not be the only one of the database any more.
            #expect(try await fleet.database.mysql("SHOW TABLES") == [])
            expectGolden(transcript.text, "bucket-faults")
        }
    }

    @Test func botRepositoryThatIsGoneStopsThePlanInOneLine() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            var transcript = Transcript()
            let empty = fleet.folder.appending(path: ".git/empty.git").path
            try await succeed(["git", "init", "-q", "--bare", empty])
            for (title, source) in [
                ("repository gone", "url: .git/gone.git\nref: main"),
                ("repository empty", "url: .git/empty.git\nref: main"),
                ("ref gone", "url: .\nref: no-such-branch"),
                ("server gone", "url: http://127.0.0.1:1/x.git\nref: main"),
                (
                    "host unknown",
                    "url: https://nowhere.invalid/x.git\nref: main\nauth: {token: {env: PLANTED_GIT_TOKEN}}"
                ),
                (
                    "token not set",
                    "url: https://nowhere.invalid/x.git\nref: main\nauth: {token: {env: UNSET_GIT_TOKEN}}"
                ),
            ] {
                try fleet.write("bots/puppeteer.yaml", "source: puppeteer\n\(source)\n")
                transcript.add(title, try await fleet.refused("plan", "--format", "json"), of: fleet)
                let applied = try await fleet.refused("apply", "--auto-approve")
                #expect(applied.status == 1 && applied.output == "", "\(title): \(applied.errors)")
            }
            try await fleet.expectNothingMade("source faults")
            expectGolden(transcript.text, "source-faults")
        }
    }

    @Test func regionWithoutADefaultNetworkFailsItsInstancesAlone() async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.withPrivateMoto { moto in
            func ec2(_ arguments: String...) async throws -> JSONValue {
                try await sandbox.aws(["ec2"] + arguments, region: "us-east-2", endpoint: moto)
            }
            for subnet in try await ec2("describe-subnets").at("Subnets")?.list ?? [] {
                _ = try await ec2("delete-subnet", "--subnet-id", subnet.at("SubnetId")?.text ?? "")
            }
            let vpc = try await ec2("describe-vpcs").at("Vpcs", 0, "VpcId")?.text ?? ""
            _ = try await ec2("delete-vpc", "--vpc-id", vpc)
            try await TestFleet.with(moto: moto) { fleet in
                try fleet.write(
                    "fleet/regions.yaml",
                    ["eu-west-1", "us-east-2"].map { "- {name: \($0), default_image: ami-785db401}\n" }.joined())
                try fleet.deploy("web")
                try fleet.deploy("far", "region: us-east-2")
                let failed = try await fleet.botfleet("apply", "--auto-approve")
                #expect(failed.status == 1)
                #expect(failed.output.contains("region us-east-2 has no default VPC"), "\(failed.output)")
                #expect(failed.output.contains("skipped instance.far-1"), "\(failed.output)")
                #expect(try await fleet.names() == ["web-1"])
                let doctor = try await fleet.botfleet("doctor")
                #expect(doctor.status == 1)
                #expect(doctor.output.contains("there is no default VPC (name a vpc in fleet/regions.yaml)"))
                #expect(
                    try await fleet.planned() == [
                        "create security_group.us-east-2/anna@example.com", "create instance.far-1",
                    ])
            }
        }
    }

    @Test func databaseThatDropsItsConnectionsInTheMiddleOfAnApplyIsReconnectedTo() async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.withEC2Manners(before: sandbox.awsEndpoint) { manners in
            try await TestFleet.with(endpoint: manners.endpoint) { fleet in
                try fleet.deploy("web", "count: 3")
                try await manners.set(["delays": ["RunInstances": 2]])
                let applying = try fleet.start("apply", "--auto-approve")
                try await waitUntil("the apply launches", timeout: .seconds(180)) {
                    try await manners.count("RunInstances") > 0
                }
                let connections = try await sandbox.mysql(
                    "SELECT id FROM information_schema.processlist WHERE db = '\(fleet.database.name)'")
                #expect(!connections.isEmpty)
                for connection in connections {
                    do {
                        try await sandbox.mysql("KILL \(connection[0])")
                    } catch let failure as CommandFailure where failure.description.contains("Unknown thread id") {
                        // It ended by itself meanwhile, which is as good.
                    }
                }
                let applied = try await applying.wait()
                #expect(applied.status == 0, "\(applied.errors)")
                #expect(try await fleet.names() == ["web-1", "web-2", "web-3"])
                #expect(try await fleet.planned() == [])
            }
        }
    }

    @Test func timeZoneDataThatIsMissingIsSaidAndNotTakenForUnknownZones() async throws {
        try await TestFleet.with { fleet in
            var transcript = Transcript()
            let nowhere = ["TZDIR": "/nowhere"]
            transcript.add("no zones, validate", try await fleet.refused("validate", environment: nowhere), of: fleet)
            transcript.add("no zones, plan", try await fleet.refused("plan", environment: nowhere), of: fleet)
            expectGolden(transcript.text, "zone-faults")
        }
    }

    @Test func regionThatIsUnknownOrHasNoNetworkIsSaidWithWhatToDo() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web", "region: eu-nowhere-1")
            try fleet.write(
                "fleet/regions.yaml",
                ["eu-west-1", "eu-nowhere-1"].map { "- {name: \($0), default_image: ami-785db401}\n" }.joined()
            )
            var transcript = Transcript()
            transcript.add("region unknown", try await fleet.refused("plan", "--format", "json"), of: fleet)
            transcript.add("region unknown, apply", try await fleet.refused("apply", "--auto-approve"), of: fleet)
            try await fleet.expectNothingMade("region unknown")
            expectGolden(transcript.text, "region-faults")
        }
    }

    @Test func schemaThatIsNotThisVersionsIsRefusedWithWhatToDo() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            try await fleet.apply()
            var transcript = Transcript()
            let before = try await fleet.witnessed()
            let checksum = try await fleet.database.mysql("SELECT checksum FROM schema_migrations WHERE version = 1")[
                0][0]
            try await fleet.database.mysql(
                """
                INSERT INTO schema_migrations SELECT 901, '0901_future', checksum, statements_done, unlocked, \
                started_at, finished_at FROM schema_migrations LIMIT 1
                """)
            try fleet.deploy("web", "count: 2")
            transcript.add("schema newer", try await fleet.refused("plan", "--format", "json"), of: fleet)
            for command in [
                ["apply", "--auto-approve"], ["instances"], ["status", "--format", "json"], ["db", "migrate"],
            ] {
                let result = try await run(
                    [botfleetBinary.path] + command, environment: fleet.environment, in: fleet.folder)
                #expect(result.status == 1 && result.output == "", "\(command): \(result.output)\(result.errors)")
            }
            let status = try await fleet.botfleet("db", "status")
            #expect(status.status == 1)
            #expect(status.errors == "the schema is newer than this botfleet\n")
            try await fleet.database.mysql("DELETE FROM schema_migrations WHERE version > 900")
            try await fleet.database.mysql("UPDATE schema_migrations SET checksum = REPEAT('0', 64) WHERE version = 1")
            transcript.add("schema changed", try await fleet.refused("plan"), of: fleet)
            try await fleet.database.mysql(
                "UPDATE schema_migrations SET checksum = '\(checksum)', finished_at = NULL WHERE version = 1")
            transcript.add("migration half run", try await fleet.refused("plan"), of: fleet)
            transcript.add("migration half run, apply", try await fleet.refused("apply", "--auto-approve"), of: fleet)
            #expect(try await fleet.witnessed() == before)
            expectGolden(transcript.text, "schema-faults")
        }
    }

    @Test func otherAccountStopsWhateverWouldChangeAnythingAndListsStillWork() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web")
            try await fleet.apply()
            let before = try await fleet.witnessed()
            try await fleet.database.mysql("UPDATE fleets SET account_id = '999999999999'")
            try fleet.deploy("web", "count: 3")
            var transcript = Transcript()
            transcript.add("other account", try await fleet.refused("plan", "--format", "json"), of: fleet)
            transcript.add("other account, apply", try await fleet.refused("apply", "--auto-approve"), of: fleet)
            let doctor = try await fleet.botfleet("doctor", "--format", "json")
            #expect(doctor.status == 1)
            #expect(
                try doctor.json().list.contains {
                    $0.at("check")?.text == "credentials" && $0.at("outcome")?.text == "failed"
                })
            #expect(try await fleet.botfleet("instances").status == 0)
            #expect(try await fleet.witnessed() == before)
            #expect(try await fleet.database.mysql("SELECT COUNT(*) FROM applies") == [["1"]])
            expectGolden(transcript.text, "account-faults")
        }
    }

    @Test func secretsAreInNoLogPlanFileOrRow() async throws {
        try await TestFleet.with { fleet in
            try fleet.deploy("web", "parameters: {speed: {ssm: /bots/speed}}")
            let file = fleet.folder.appending(path: ".git/saved.plan")
            let planned = try await fleet.refused("plan", "--log-level", "trace", "--out", file.path)
            #expect(planned.status == 0, "\(planned.errors)")
            fleet.expectNoSecret(in: planned, "plan")
            let applied = try await fleet.refused(
                "apply", "--auto-approve", "--log-level", "trace", "--log-format", "json", file.path)
            #expect(applied.status == 0, "\(applied.errors)")
            fleet.expectNoSecret(in: applied, "apply")
            let dump = try await succeed(
                [
                    "mariadb-dump", "--no-defaults", "--host=localhost", "--socket=\(fleet.sandbox.databaseSocket)",
                    "--user=\(fleet.sandbox.databaseAdministrator)", "--skip-ssl", fleet.database.name,
                ], environment: fleet.sandbox.environment)
            #expect(dump.contains("web-1"))
            let stored = dump + (try String(contentsOf: file, encoding: .utf8))
            for secret in TestFleet.planted.values + [fleet.database.password] { #expect(!stored.contains(secret)) }
        }
    }
}
