import AWSCloud
import AWSSigning
import FleetTestSupport
import Foundation
import Testing

@Suite struct CredentialsTests {
    /// The credentials that the chain finds with these variables and files, or its failure.
    private func find(
        _ environment: [String: String] = [:], credentials: String? = nil, config: String? = nil
    ) async throws -> Result<AWSCredentials, CredentialsFailure> {
        try await withTemporaryDirectory { folder in
            let aws = folder.appending(path: ".aws")
            try FileManager.default.createDirectory(at: aws, withIntermediateDirectories: true)
            try credentials?.write(to: aws.appending(path: "credentials"), atomically: true, encoding: .utf8)
            try config?.write(to: aws.appending(path: "config"), atomically: true, encoding: .utf8)
            let chain = CredentialChain(environment: environment.merging(["HOME": folder.path]) { own, _ in own })
            do throws(CredentialsFailure) {
                return .success(try await chain.credentials())
            } catch {
                return .failure(error)
            }
        }
    }

    private func unusable(_ result: Result<AWSCredentials, CredentialsFailure>) -> String? {
        guard case .failure(.unusable(let reason)) = result else { return nil }
        return reason
    }

    @Test func environmentWinsOverFiles() async throws {
        let found = try await find(
            ["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t", "AWS_PROFILE": "p"],
            credentials: "[p]\naws_access_key_id = F\naws_secret_access_key = s2\n")
        #expect(try found.get() == AWSCredentials(accessKeyID: "E", secretAccessKey: "s", sessionToken: "t"))
    }

    @Test func emptyVariablesAreUnset() async throws {
        let found = try await find(
            ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SESSION_TOKEN": "", "AWS_PROFILE": ""],
            credentials: "[default]\naws_access_key_id = F\naws_secret_access_key = s2\n")
        #expect(try found.get() == AWSCredentials(accessKeyID: "F", secretAccessKey: "s2"))
    }

    @Test func profilesAreFoundInBothFilesAndTheCredentialsFileWins() async throws {
        let credentials = "[work]\naws_access_key_id = A\naws_secret_access_key = a\n"
        let config = """
            # a comment
            [default]
            region = eu-west-1
            [profile work]
            aws_access_key_id = B
            aws_secret_access_key = b
            s3 =
              aws_access_key_id = nested
            ; another
            [profile   other]
            AWS_Access_Key_ID=C
            aws_secret_access_key =  with=equals+/and#hash
            aws_session_token = tok
            [other]
            aws_access_key_id = wrong
            """
        #expect(
            try await find(["AWS_PROFILE": "work"], credentials: credentials, config: config).get().accessKeyID == "A")
        #expect(
            try await find(["AWS_PROFILE": "other"], credentials: credentials, config: config).get()
                == AWSCredentials(accessKeyID: "C", secretAccessKey: "with=equals+/and#hash", sessionToken: "tok"))
        #expect(try await find(["AWS_PROFILE": "work"], config: config).get().accessKeyID == "B")
    }

    @Test func filesMayStandElsewhere() async throws {
        try await withTemporaryDirectory { folder in
            let file = folder.appending(path: "keys")
            try "[default]\r\naws_access_key_id = X\r\naws_secret_access_key = y\r\n".write(
                to: file, atomically: true, encoding: .utf8)
            let found = try await find(["AWS_SHARED_CREDENTIALS_FILE": file.path])
            #expect(try found.get() == AWSCredentials(accessKeyID: "X", secretAccessKey: "y"))
            let home = try await find(["AWS_CONFIG_FILE": "~/keys", "HOME": folder.path])
            #expect(try home.get().accessKeyID == "X")
        }
    }

    @Test func nothingAnywhereListsAllThatWasTried() async throws {
        guard case .failure(.none(let tried)) = try await find() else {
            Issue.record("credentials came from nowhere")
            return
        }
        #expect(tried.count == 3)
        #expect(tried[0] == "AWS_ACCESS_KEY_ID is not set")
        #expect(
            tried[1].hasSuffix("/.aws/credentials does not exist") && tried[2].hasSuffix("/.aws/config does not exist"))
        let without = try await find(credentials: "[other]\na = b\n")
        guard case .failure(.none(let reasons)) = without else {
            Issue.record("credentials came from nowhere")
            return
        }
        #expect(reasons.contains { $0.hasSuffix("credentials has no profile 'default'") })
    }

    @Test(arguments: [
        (["AWS_ACCESS_KEY_ID": "A"], "", "AWS_SECRET_ACCESS_KEY is not"),
        (["AWS_SECRET_ACCESS_KEY": "A"], "", "AWS_ACCESS_KEY_ID is not"),
        (["AWS_PROFILE": "wrok"], "[work]\n[play]\n", "no such profile; there are play, work"),
        ([:], "[default]\naws_access_key_id = A\n", "but not aws_secret_access_key"),
        ([:], "[default]\naws_secret_access_key = A\n", "but not aws_access_key_id"),
        (
            [:], "[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = y\n",
            "by role_arn, which botfleet can't do yet"
        ),
        (["AWS_PROFILE": "s"], "[s]\nsso_session = y\n", "aws configure export-credentials --profile s --format env"),
        ([:], "[default]\ncredential_process = /bin/x\n", "by credential_process"),
    ])
    func whatCannotBeUsedIsSaidAndNotPassedOver(environment: [String: String], file: String, part: String) async throws
    {
        let reason = unusable(try await find(environment, credentials: file))
        #expect(reason?.contains(part) == true, "\(reason ?? "none")")
    }

    @Test func fileThatIsNoProfileFileIsSaid() async throws {
        try await withTemporaryDirectory { folder in
            let file = folder.appending(path: "f")
            try Data([0xff, 0xfe, 0x00]).write(to: file)
            #expect(unusable(try await find(["AWS_CONFIG_FILE": file.path]))?.hasSuffix("is not UTF-8") == true)
            try Data(count: 2 << 20).write(to: file)
            #expect(unusable(try await find(["AWS_CONFIG_FILE": file.path]))?.contains("over 1 MiB") == true)
            #expect(unusable(try await find(["AWS_CONFIG_FILE": folder.path])) != nil)
        }
    }

    @Test func callWithoutCredentialsFailsBeforeSendingAndSaysWhatWasTried() async throws {
        let server = try ScriptedServer { _, _ in [.answer(200, "")] }
        let cloud = try TestClouds.at(server.url, credentials: CredentialChain(environment: ["HOME": "/nonexistent"]))
        let error = await #expect(throws: AWSError.self) { try await cloud.ec2(region: "eu-west-1").regions() }
        #expect(error?.code == .noCredentials && error?.isCredentials == true && error?.attempts == 0)
        #expect(
            error?.summary.contains("AWS_ACCESS_KEY_ID is not set; /nonexistent/.aws/credentials does not exist")
                == true)
        #expect(error?.hint?.contains("AWS_PROFILE") == true)
        #expect(server.requests.isEmpty)
    }

    @Test func newKeyInTheFileIsNoticedWithinAMinuteAndNotBefore() async throws {
        try await withTemporaryDirectory { folder in
            let file = folder.appending(path: "f")
            let clock = ManualClock()
            let chain = CredentialChain(
                [ProfileCredentials(environment: ["AWS_SHARED_CREDENTIALS_FILE": file.path, "HOME": folder.path])],
                clock: clock)
            for (key, advance, expected) in [("A", 0, "A"), ("B", 59, "A"), ("B", 2, "B")] {
                try "[default]\naws_access_key_id = \(key)\naws_secret_access_key = s\n".write(
                    to: file, atomically: true, encoding: .utf8)
                clock.advance(by: .seconds(advance))
                #expect(try await chain.credentials().accessKeyID == expected)
            }
        }
    }
}
