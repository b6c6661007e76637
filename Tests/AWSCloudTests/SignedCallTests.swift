import AWSCloud
import AWSSigning
import FleetModel
import FleetTestSupport
import Testing

/// Against a moto that checks signatures: it takes ours and refuses those made with a wrong secret.
@Suite struct SignedCallTests {
    @Test func goodKeyMayAndWrongSecretMayNot() async throws {
        let sandbox = try await Sandbox.shared()
        try await sandbox.withPrivateMoto(variables: ["INITIAL_NO_AUTH_ACTION_COUNT": "5"]) { endpoint in
            let user = ["iam", "create-user", "--user-name", "bot"]
            try await sandbox.aws(user, endpoint: endpoint)
            let policy =
                #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ec2:*","s3:*","sts:*"],"Resource":"*"}]}"#
            try await sandbox.aws(
                ["iam", "put-user-policy", "--user-name", "bot", "--policy-name", "p", "--policy-document", policy],
                endpoint: endpoint)
            let made = try await sandbox.aws(["iam", "create-access-key", "--user-name", "bot"], endpoint: endpoint)
            let bucket = try await sandbox.freshBucket(endpoint: endpoint)
            try await sandbox.aws(["sts", "get-caller-identity"], endpoint: endpoint)
            guard case .string(let key)? = made.at("AccessKey", "AccessKeyId"),
                case .string(let secret)? = made.at("AccessKey", "SecretAccessKey")
            else {
                Issue.record("no access key was made")
                return
            }
            let good = try TestClouds.at(
                endpoint, credentials: FixedCredentials(AWSCredentials(accessKeyID: key, secretAccessKey: secret)))
            #expect(try await good.ec2(region: "eu-west-1").regions().count > 5)
            try await good.s3().putObject([1, 2], bucket: bucket, key: "plain/key.txt")
            #expect(
                try await good.s3().getObject(bucket: bucket, key: "plain/key.txt", maximumSize: 9)?.body == [1, 2])
            // moto decodes "%2F" in a query before it signs, so a prefix with a slash fails with any client.
            #expect(try await good.s3().listObjects(bucket: bucket, prefix: "plain").count == 1)

            let bad = try TestClouds.at(
                endpoint, credentials: FixedCredentials(AWSCredentials(accessKeyID: key, secretAccessKey: "wrong")))
            let ec2 = await #expect(throws: AWSError.self) { try await bad.ec2(region: "eu-west-1").regions() }
            #expect(ec2?.isCredentials == true && ec2?.attempts == 1)
            #expect(ec2?.hint?.contains("check the credentials") == true)
            let s3 = await #expect(throws: AWSError.self) {
                try await bad.s3().putObject([1], bucket: bucket, key: "x")
            }
            #expect(s3?.isCredentials == true)
            #expect(!"\(String(describing: s3))".contains("wrong"))
        }
    }
}
