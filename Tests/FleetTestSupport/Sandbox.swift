import FleetModel
import Foundation

/// The private MariaDB and AWS that tests run against: what `scripts/sandbox` keeps in .sandbox/test.
///
/// `scripts/test` brings it up before the tests and takes it down after. Where nobody did, as when `swift test` is run
/// by hand, the first test that asks brings it up, and it stays for the next run until
/// `BOTFLEET_SANDBOX=.sandbox/test scripts/sandbox down`. BOTFLEET_TEST_SANDBOX names another folder.
///
/// All tests of a run share it. They don't meet, because each takes its own database, bucket and fleet name; one that
/// counts all there is, or breaks things, takes a moto of its own (`withPrivateMoto`).
public struct Sandbox: Sendable {
    /// Where it keeps what it holds.
    public let folder: URL
    /// All variables for a process that is to work in it: this process's own, and what `scripts/sandbox env` exports.
    public let environment: [String: String]
    /// The URL of moto.
    public let awsEndpoint: String
    /// The database server's port on 127.0.0.1.
    public let databasePort: Int
    /// The password of the database user `botfleet`.
    public let databasePassword: String
    /// The database server's socket, by which its administrator comes in.
    public let databaseSocket: String
    /// The administrator's name, who needs no password through the socket: the user who runs the server and the tests.
    public let databaseAdministrator: String
    /// The certificate, as a PEM file, of the authority that vouches for the database server's.
    public let databaseAuthority: String
    /// The Python that has boto3, moto and PyYAML.
    public let python: String

    /// The sandbox of this run, brought up if nobody has yet. Waits three minutes at most.
    public static func shared() async throws -> Sandbox {
        try await bringing.value
    }

    private static let bringing = Task { try await bringUp() }

    private static func bringUp() async throws -> Sandbox {
        var variables = ProcessInfo.processInfo.environment
        variables["BOTFLEET_SANDBOX"] =
            variables["BOTFLEET_TEST_SANDBOX"] ?? repositoryRoot.appending(path: ".sandbox/test").path
        let script = repositoryRoot.appending(path: "scripts/sandbox").path
        try await succeed([script, "up"], environment: variables, timeout: .seconds(180))
        let listed = try await succeed([script, "env", "-0"], environment: variables, timeout: .seconds(30))
        for item in listed.split(separator: "\0") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            variables[String(parts[0])] = parts.count == 2 ? String(parts[1]) : nil
        }
        return try Sandbox(environment: variables)
    }

    private init(environment: [String: String]) throws {
        func value(_ name: String) throws -> String {
            guard let value = environment[name] else {
                throw CommandFailure(command: ["scripts/sandbox", "env"], problem: "did not say \(name)")
            }
            return value
        }
        self.environment = environment
        folder = URL(filePath: try value("BOTFLEET_SANDBOX"), directoryHint: .isDirectory)
        awsEndpoint = try value("AWS_ENDPOINT_URL")
        databasePort = Int(try value("MYSQL_TCP_PORT")) ?? 0
        databasePassword = try value("BOTFLEET_DATABASE_PASSWORD")
        databaseSocket = try value("BOTFLEET_SANDBOX_MYSQL_SOCKET")
        databaseAdministrator = try value("BOTFLEET_SANDBOX_MYSQL_ADMINISTRATOR")
        databaseAuthority = try value("BOTFLEET_SANDBOX_MYSQL_AUTHORITY")
        python = try value("BOTFLEET_PYTHON")
    }

    /// A name that no other test of any run uses, fit for a fleet, a bucket or a deployment: `<prefix>-` and 12 digits
    /// and letters.
    public func freshName(_ prefix: String = "fleet") -> String {
        "\(prefix)-\(UUID().uuidString.replacing("-", with: "").lowercased().suffix(12))"
    }

    /// The environment with another AWS endpoint, database or anything else in it.
    public func environment(with changes: [String: String]) -> [String: String] {
        environment.merging(changes) { $1 }
    }

    // MARK: - The database

    /// Makes a new, empty database, for as long as the body runs.
    public func withFreshDatabase<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (TestDatabase) async throws -> Result
    ) async throws -> Result {
        let database = try await freshDatabase()
        do {
            let result = try await body(database)
            try await database.drop()
            return result
        } catch {
            try? await database.drop()  // the test's own error is the one to tell
            throw error
        }
    }

    /// Makes a new, empty database. It is dropped by `drop()`, at the latest with the sandbox.
    public func freshDatabase() async throws -> TestDatabase {
        let name = freshName("botfleet").replacing("-", with: "_")
        try await mysql("CREATE DATABASE \(name) CHARACTER SET utf8mb4")
        return TestDatabase(
            name: name, url: "mysql://botfleet@127.0.0.1:\(databasePort)/\(name)", password: databasePassword,
            sandbox: self)
    }

    /// Runs SQL by the mysql client as the server's administrator, and returns the rows as text; a null is `NULL`.
    ///
    /// It is a witness: it has nothing in common with botfleet's own way to the database.
    @discardableResult
    public func mysql(_ sql: String, database: String? = nil) async throws -> [[String]] {
        let output = try await succeed(
            [
                "mariadb", "--no-defaults", "--host=localhost", "--socket=\(databaseSocket)",
                "--user=\(databaseAdministrator)",
                "--default-character-set=utf8mb4", "--batch", "--skip-column-names",
            ] + (database.map { [$0] } ?? []),
            environment: environment, stdin: sql, timeout: .seconds(60))
        return output.split(separator: "\n").map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
        }
    }

    // MARK: - AWS

    /// Makes a bucket of a new name in a region and returns the name.
    public func freshBucket(region: String = "eu-west-1", endpoint: String? = nil) async throws -> String {
        let name = freshName("bucket")
        try await aws(
            ["s3api", "create-bucket", "--bucket", name]
                + (region == "us-east-1" ? [] : ["--create-bucket-configuration", "LocationConstraint=\(region)"]),
            region: region, endpoint: endpoint)
        return name
    }

    /// Runs the AWS CLI and returns what it printed; null where that is nothing. Throws where it fails.
    ///
    /// It is a witness: it has nothing in common with botfleet's own way to AWS.
    @discardableResult
    public func aws(
        _ arguments: [String], region: String = "eu-west-1", endpoint: String? = nil
    ) async throws -> JSONValue {
        let command =
            [URL(filePath: python).deletingLastPathComponent().appending(path: "aws").path] + arguments
            + ["--region", region, "--output", "json", "--endpoint-url", endpoint ?? awsEndpoint]
        let result = try await run(command, environment: environment, timeout: .seconds(120))
        guard result.status == 0 else {
            throw CommandFailure(command: command, problem: "ended with status \(result.status): \(result.errors)")
        }
        return result.standardOutput.isEmpty ? .null : try result.json()
    }

    /// Runs with a moto of its own, empty and stopped afterwards; `variables` are moto's settings, such as
    /// `["INITIAL_NO_AUTH_ACTION_COUNT": "0"]`.
    public func withPrivateMoto<Result>(
        variables: [String: String] = [:], isolation: isolated (any Actor)? = #isolation,
        _ body: (_ endpoint: String) async throws -> Result
    ) async throws -> Result {
        let settings = ["MOTO_ENABLE_AMI_VALIDATION": "true", "MOTO_ENABLE_KEYPAIR_VALIDATION": "true"]
        return try await withServer(
            [python, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
            variables: settings.merging(variables) { $1 }, body)
    }

    /// Runs with EC2's manners in front of a moto (Tests/EC2Manners/ec2_manners.py), stopped afterwards.
    public func withEC2Manners<Result>(
        before endpoint: String, isolation: isolated (any Actor)? = #isolation,
        _ body: (EC2Manners) async throws -> Result
    ) async throws -> Result {
        let program = repositoryRoot.appending(path: "Tests/EC2Manners/ec2_manners.py").path
        return try await withServer([python, program, "--upstream", endpoint]) { endpoint in
            try await body(EC2Manners(endpoint: endpoint))
        }
    }

    /// Runs with a server of Tests/Agent, which says where it listens, killed afterwards.
    public func withAgentServer<Result>(
        _ script: String, _ arguments: [String], variables: [String: String] = [:],
        isolation: isolated (any Actor)? = #isolation, _ body: (_ endpoint: String) async throws -> Result
    ) async throws -> Result {
        let program = repositoryRoot.appending(path: "Tests/Agent/\(script)").path
        return try await withServer([python, program] + arguments, variables: variables, body)
    }

    /// Starts a server that says `http://127.0.0.1:PORT` when it listens, and kills it after the body.
    ///
    /// It carries the sandbox's mark, so that `scripts/sandbox down` ends it even where this process was killed.
    private func withServer<Result>(
        _ command: [String], variables: [String: String] = [:], isolation: isolated (any Actor)? = #isolation,
        _ body: (_ endpoint: String) async throws -> Result
    ) async throws -> Result {
        var variables = environment(with: variables)
        variables["BOTFLEET_SANDBOX_SERVER"] = environment["BOTFLEET_SANDBOX"]
        variables["PYTHONUNBUFFERED"] = "1"
        let server = try RunningProcess(command, environment: variables, lifetime: .seconds(1_800))
        do {
            let endpoint = try await announcedEndpoint(of: server)
            let result = try await body(endpoint)
            await server.kill()
            return result
        } catch {
            await server.kill()
            throw error
        }
    }

    private func announcedEndpoint(of server: RunningProcess) async throws -> String {
        var found: String?
        try await waitUntil(
            "a line that says where \(server.command.joined(separator: " ")) listens", timeout: .seconds(60)
        ) {
            let said = server.errorsSoFar + server.outputSoFar
            // The character after the port shows that the port is whole.
            found = said.firstMatch(of: #/(http://127\.0\.0\.1:[0-9]+)[^0-9]/#).map { String($0.1) }
            if found == nil, !server.isRunning {
                throw CommandFailure(command: server.command, problem: "did not start: \(said.suffix(2_000))")
            }
            return found != nil
        }
        return found ?? ""
    }
}
