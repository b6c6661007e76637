import FleetModel
import FleetTestSupport
import Foundation

/// A fleet repository of a test's own: its folder, its database, its bucket, and the real botfleet run on them.
struct TestFleet: Sendable {
    let name: String
    let folder: URL
    let sandbox: Sandbox
    let database: TestDatabase
    let bucket: String
    /// Where botfleet finds AWS; the witness asks moto itself.
    let endpoint: String
    let moto: String
    /// Variables of botfleet's environment besides those of the sandbox: a test's clock, another database.
    var variables: [String: String] = [:]

    /// Runs a test on a new fleet in git, with one user, one custom bot and no deployment, gone afterwards.
    static func with<Result>(
        moto: String? = nil, endpoint: String? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (TestFleet) async throws -> Result
    ) async throws -> Result {
        let sandbox = try await Sandbox.shared()
        let moto = moto ?? sandbox.awsEndpoint
        let bucket = try await sandbox.freshBucket(endpoint: moto)
        return try await withTemporaryDirectory { folder in
            try await sandbox.withFreshDatabase { database in
                let fleet = TestFleet(
                    name: sandbox.freshName(), folder: folder, sandbox: sandbox, database: database, bucket: bucket,
                    endpoint: endpoint ?? moto, moto: moto)
                try await fleet.writeBasics()
                return try await body(fleet)
            }
        }
    }

    /// The same with a moto and EC2's manners of its own.
    static func behindManners(
        isolation: isolated (any Actor)? = #isolation, _ body: (TestFleet, EC2Manners) async throws -> Void
    ) async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.withPrivateMoto { moto in
            try await sandbox.withEC2Manners(before: moto) { manners in
                try await with(moto: moto, endpoint: manners.endpoint) { fleet in try await body(fleet, manners) }
            }
        }
    }

    private func writeBasics() async throws {
        try write(
            "fleet/fleet.yaml",
            """
            name: \(name)
            aws: {region: eu-west-1, bucket: \(bucket)}
            database: {url: "mysql://nobody@127.0.0.1:1/none?tls=off"}
            guards: {max_terminations: 100}
            """)
        try write("fleet/regions.yaml", "- {name: eu-west-1, default_image: ami-785db401}\n")
        try write(
            "fleet/users.yaml",
            "- {email: anna@example.com, timezone: Europe/Berlin, region: eu-west-1, allowed_ips: [203.0.113.7]}\n")
        try write("bots/watch.yaml", "bot: watch\nscript: watch/watch.js\n")
        try write(
            "bots/watch/watch.js",
            """
            /** ABOUT
            { "name": "watch", "description": "Looks at a page" }
            */
            /** PARAMS
            [ {"name": "speed", "type": "range", "range": "1-9", "default": 5} ]
            */
            console.log("watching");
            """)
        try await git("init", "-q", "-b", "main")
        try await commit("begin")
    }

    /// Writes a file of the repository.
    func write(_ path: String, _ text: String) throws { _ = try folder.write(text, to: path) }

    /// Writes a deployment of the bot `watch`.
    func deploy(_ deployment: String, _ fields: String = "") throws {
        try write(
            "fleet/deployments/\(deployment).yaml",
            "name: \(deployment)\nuser: anna@example.com\nbot: watch\n\(fields)\n")
    }

    func remove(_ path: String) throws { try FileManager.default.removeItem(at: folder.appending(path: path)) }

    func git(_ arguments: String...) async throws {
        try await succeed(
            ["git", "-c", "user.name=Anna", "-c", "user.email=anna@example.com"] + arguments, in: folder)
    }

    func commit(_ message: String) async throws {
        try await git("add", "-A")
        try await git("commit", "-q", "--allow-empty", "-m", message)
    }

    /// The environment that botfleet runs in.
    var environment: [String: String] {
        var changes = database.environment
        changes["AWS_ENDPOINT_URL"] = endpoint
        changes["XDG_CACHE_HOME"] = folder.appending(path: ".git/botfleet-test-cache").path
        changes.merge(variables) { $1 }
        return sandbox.environment(with: changes)
    }

    /// The same fleet under a test's clock, which shows a time now and goes so many times as fast from here.
    func under(clock origin: String, rate: Int, since anchor: Date = .now) -> TestFleet {
        var fleet = self
        fleet.variables["BOTFLEET_TEST_CLOCK"] = "\(anchor.formatted(.iso8601))/\(origin)/\(rate)"
        return fleet
    }

    /// Runs botfleet on the fleet.
    func botfleet(
        _ arguments: String..., environment changes: [String: String] = [:], stdin: String = ""
    ) async throws -> CommandResult {
        try await run(
            [botfleetBinary.path] + arguments, environment: environment.merging(changes) { $1 }, in: folder,
            stdin: stdin, timeout: .seconds(420))
    }

    /// Starts botfleet and lets it run.
    func start(_ arguments: String...) throws -> RunningProcess {
        try RunningProcess(
            [botfleetBinary.path] + arguments, environment: environment, in: folder, lifetime: .seconds(420))
    }

    /// Applies, and throws with all that was printed where that fails.
    @discardableResult
    func apply(_ arguments: String...) async throws -> String {
        let result = try await run(
            [botfleetBinary.path, "apply", "--auto-approve"] + arguments, environment: environment, in: folder,
            timeout: .seconds(420))
        guard result.status == 0 else {
            throw CommandFailure(
                command: ["botfleet", "apply"], problem: "status \(result.status)\n\(result.output)\n\(result.errors)")
        }
        return result.output
    }

    /// What a plan would do: `action address` for each change, in the plan's order.
    func planned(_ arguments: String...) async throws -> [String] {
        let result = try await run(
            [botfleetBinary.path, "plan", "--format", "json"] + arguments, environment: environment, in: folder)
        guard result.status == 0 else {
            throw CommandFailure(command: ["botfleet", "plan"], problem: "status \(result.status)\n\(result.errors)")
        }
        return try result.json().at("changes")?.list.map {
            "\($0.at("action")?.text ?? "?") \($0.at("address")?.text ?? "?")"
        } ?? []
    }

    /// An instance as the AWS CLI shows it.
    struct Witnessed: Hashable {
        var id: String
        var name: String
        var state: String
        var type: String
        var tags: [String: String]
    }

    /// This fleet's instances that are not terminated, by the AWS CLI, in the order of their names.
    func witnessed(region: String = "eu-west-1") async throws -> [Witnessed] {
        let answer = try await sandbox.aws(
            ["ec2", "describe-instances", "--filters", "Name=tag:botfleet:fleet,Values=\(name)"], region: region,
            endpoint: moto)
        let instances = (answer.at("Reservations")?.list ?? []).flatMap { $0.at("Instances")?.list ?? [] }
        return instances.map { instance in
            let tags = (instance.at("Tags")?.list ?? []).map { ($0.at("Key")?.text ?? "", $0.at("Value")?.text ?? "") }
            let byKey = Dictionary(tags, uniquingKeysWith: { first, _ in first })
            return Witnessed(
                id: instance.at("InstanceId")?.text ?? "", name: byKey["Name"] ?? "",
                state: instance.at("State", "Name")?.text ?? "", type: instance.at("InstanceType")?.text ?? "",
                tags: byKey)
        }.filter { $0.state != "terminated" && $0.state != "shutting-down" }
            .sorted { NaturalOrder.precedes($0.name, $1.name) }
    }

    /// Names of this fleet's live instances, by the AWS CLI.
    func names() async throws -> [String] { try await witnessed().map(\.name) }
}
