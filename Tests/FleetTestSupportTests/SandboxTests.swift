import FleetModel
import FleetTestSupport
import Foundation
import Testing

@Suite struct SandboxTests {
    @Test func freshDatabasesAreEmptyApartAndDropped() async throws {
        let sandbox = try await Sandbox.shared()
        let name = try await sandbox.withFreshDatabase { one in
            try await sandbox.withFreshDatabase { other in
                #expect(one.name != other.name)
                try await one.mysql("CREATE TABLE t (text VARCHAR(20)); INSERT INTO t VALUES ('ä'), (NULL)")
                #expect(try await one.mysql("SELECT * FROM t ORDER BY text DESC") == [["ä"], ["NULL"]])
                #expect(try await other.mysql("SHOW TABLES").isEmpty)
            }
            return one.name
        }
        #expect(try await sandbox.mysql("SHOW DATABASES LIKE '\(name)'").isEmpty)
    }

    @Test func botfleetsUserComesInByPasswordAndMakesItsOwnDatabases() async throws {
        let sandbox = try await Sandbox.shared()
        let name = sandbox.freshName("botfleet").replacing("-", with: "_")
        let client = [
            "mariadb", "--execute=CREATE DATABASE \(name); DROP DATABASE \(name); SELECT CURRENT_USER(), @@time_zone",
        ]
        let output = try await succeed(client, environment: sandbox.environment)
        #expect(output.contains("botfleet@%\t+00:00"))
        let refused = try await run(
            ["mariadb", "--no-defaults", "--user=botfleet", "--password=wrong", "--execute=SELECT 1"],
            environment: sandbox.environment)
        #expect(refused.errors.contains("Access denied"))
    }

    @Test func rootDoesNotComeInThroughThePort() async throws {
        let sandbox = try await Sandbox.shared()
        let refused = try await run(
            [
                "mariadb", "--no-defaults", "--host=127.0.0.1", "--port=\(sandbox.databasePort)", "--user=root",
                "--execute=SELECT 1",
            ], environment: sandbox.environment(with: ["MYSQL_PWD": ""]))
        #expect(refused.status == 1)
    }

    @Test func databaseServerProvesItselfByItsAuthority() async throws {
        let sandbox = try await Sandbox.shared()
        let output = try await succeed(
            [
                "mariadb", "--ssl-ca=\(sandbox.databaseAuthority)", "--ssl-verify-server-cert",
                "--execute=SHOW STATUS LIKE 'Ssl_version'",
            ], environment: sandbox.environment)
        #expect(output.contains("TLSv1.3"))
    }

    @Test func freshBucketExistsInItsRegion() async throws {
        let sandbox = try await Sandbox.shared()
        let bucket = try await sandbox.freshBucket(region: "us-east-2")
        let location = try await sandbox.aws(["s3api", "get-bucket-location", "--bucket", bucket])
        #expect(location["LocationConstraint"] == "us-east-2")
    }

    @Test func examplesBucketProfileAndImageAreThere() async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.aws(["s3api", "head-bucket", "--bucket", "acme-bots"])
        try await sandbox.aws(["iam", "get-instance-profile", "--instance-profile-name", "acme-bot"])
        for region in ["eu-west-1", "us-east-2"] {
            let images = try await sandbox.aws(
                ["ec2", "describe-images", "--image-ids", "ami-785db401"], region: region)
            #expect(images.at("Images", 0, "OwnerId") == "099720109477")
        }
    }

    @Test func puppeteerRepositoryHasTheBotsAtTheSameCommitEachTime() async throws {
        let sandbox = try await Sandbox.shared()
        let git = ["git", "--git-dir", sandbox.folder.appending(path: "puppeteer.git").path]
        let files = try await succeed(git + ["ls-tree", "-r", "--name-only", "main"])
        #expect(files.contains("linkedin-track-companies.js"))
        let commit = try await succeed(git + ["log", "-1", "--format=%an %at %ct", "main"])
        #expect(commit == "Acme Bots 1795420800 1795420800\n")
    }

    @Test func privateMotoIsApartAndEndsWithItsBody() async throws {
        let sandbox = try await Sandbox.shared()
        let endpoint = try await sandbox.withPrivateMoto { endpoint in
            #expect(endpoint != sandbox.awsEndpoint)
            let buckets = try await sandbox.aws(["s3api", "list-buckets"], endpoint: endpoint)
            #expect(buckets["Buckets"]?.list.isEmpty == true)
            return endpoint
        }
        let gone = try await run(["curl", "--silent", "--noproxy", "*", endpoint])
        #expect(gone.status == 7)
    }

    @Test func upTwiceKeepsTheFirst() async throws {
        let sandbox = try await Sandbox.shared()
        let script = repositoryRoot.appending(path: "scripts/sandbox").path
        try await succeed([script, "up"], environment: sandbox.environment)
        let text = try await succeed([script, "env"], environment: sandbox.environment)
        #expect(text.contains("export AWS_ENDPOINT_URL=\(sandbox.awsEndpoint)\n"))
    }
}
