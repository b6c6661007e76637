import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// What commands that had to fail said, as one golden text: the titles of the cases, and each one's words and status.
///
/// Adding a case checks what holds for every refusal: the exit status, one line that begins with `error: `, its hint,
/// nothing on standard output, no escape code, no secret.
struct Transcript {
    private(set) var text = ""

    /// Adds what a command said that had to end with `status`.
    mutating func add(
        _ title: String, _ result: CommandResult, of fleet: TestFleet, status: Int32 = 1,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(result.status == status, "\(title): \(result.errors)", sourceLocation: sourceLocation)
        #expect(result.output == "", "\(title): data on standard output", sourceLocation: sourceLocation)
        let lines = result.errors.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        let errors = lines.filter { $0.hasPrefix("error: ") }
        #expect(errors.count == 1, "\(title): \(result.errors)", sourceLocation: sourceLocation)
        fleet.expectNoSecret(in: result, title, sourceLocation: sourceLocation)
        let said = lines.filter { !Transcript.isWarning($0) }.joined(separator: "\n")
        text += "# \(title)\n\(fleet.steady(said))"
    }

    /// Warnings of the files have golden texts of their own.
    private static func isWarning(_ line: String) -> Bool {
        line.contains(": warning: ") || line.wholeMatch(of: #/[0-9]+ warnings?/#) != nil
    }
}

extension TestFleet {
    /// Secrets that a test's environment holds; none may ever be printed, saved or stored.
    static let planted = [
        "AWS_SECRET_ACCESS_KEY": "planted-aws-secret", "AWS_SESSION_TOKEN": "planted-aws-token",
        "PLANTED_GIT_TOKEN": "planted-git-token",
    ]

    /// Runs botfleet with planted secrets; a variable that is to be unset is given as "".
    func refused(_ arguments: String..., environment changes: [String: String] = [:]) async throws -> CommandResult {
        try await run(
            [botfleetBinary.path] + arguments,
            environment: environment.merging(TestFleet.planted) { $1 }.merging(changes) { $1 }, in: folder,
            timeout: .seconds(120))
    }

    /// Expects neither output to hold a planted secret, the database's password or an escape code.
    func expectNoSecret(in result: CommandResult, _ title: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let said = result.output + result.errors
        for secret in TestFleet.planted.values + [database.password, "planted-password"] {
            #expect(!said.contains(secret), "\(title): a secret is shown: \(said)", sourceLocation: sourceLocation)
        }
        #expect(!said.contains("\u{1B}"), "\(title): escape codes without a terminal", sourceLocation: sourceLocation)
    }

    /// A text with what differs from run to run replaced by words in capitals.
    func steady(_ text: String) -> String {
        var result = text
        let words = [
            (folder.resolvingSymlinksInPath().path, "FOLDER"), (folder.path, "FOLDER"), (database.name, "DATABASE"),
            (bucket, "BUCKET"), (name, "FLEET"), (endpoint, "ENDPOINT"), (moto, "ENDPOINT"),
            (":\(sandbox.databasePort)/", ":PORT/"),
        ]
        for (found, word) in words { result = result.replacing(found, with: word) }
        return result.replacing(#/\[request [^\]]+\]/#, with: "[request ID]")
    }

    /// Leases that are held, by the mysql client; a free one's row stays for its generation.
    func heldLeases() async throws -> [[String]] {
        try await database.mysql("SELECT name FROM leases WHERE expires_at > UTC_TIMESTAMP(6)")
    }

    /// Expects, by the AWS CLI and the mysql client, that nothing was made and nothing is under way.
    func expectNothingMade(_ when: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        #expect(try await names() == [], "\(when)", sourceLocation: sourceLocation)
        for (call, list) in [("describe-security-groups", "SecurityGroups"), ("describe-key-pairs", "KeyPairs")] {
            let answer = try await sandbox.aws(
                ["ec2", call, "--filters", "Name=tag:botfleet:fleet,Values=\(name)"], endpoint: moto)
            #expect(answer.at(list)?.list.isEmpty == true, "\(when): \(call)", sourceLocation: sourceLocation)
        }
        let objects = try await sandbox.aws(["s3api", "list-objects-v2", "--bucket", bucket], endpoint: moto)
        let keys = (objects.at("Contents")?.list ?? []).compactMap { $0.at("Key")?.text }
        #expect(keys.allSatisfy { $0 == "botfleet.json" }, "\(when): \(keys)", sourceLocation: sourceLocation)
        guard try await !database.mysql("SHOW TABLES LIKE 'fleets'").isEmpty else { return }
        for table in ["applies", "steps", "instances", "users", "regions", "bots", "deployments", "events"] {
            let rows = try await database.mysql("SELECT COUNT(*) FROM \(table)")
            #expect(rows == [["0"]], "\(when): rows in \(table)", sourceLocation: sourceLocation)
        }
        #expect(try await heldLeases() == [], "\(when): a lease is held", sourceLocation: sourceLocation)
    }
}
