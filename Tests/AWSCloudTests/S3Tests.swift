import AWSCloud
import FleetModel
import FleetTestSupport
import Foundation
import LibCurl
import Testing

/// Objects, against an S3 that others wrote.
@Suite struct S3Tests {
    let sandbox: Sandbox
    let s3: S3

    init() async throws {
        sandbox = try await Sandbox.shared()
        s3 = try TestClouds.at(sandbox.awsEndpoint).s3()
    }

    static let hardKeys = [
        "plain.txt", "a b+c=d&e", "ä/日本/🤖", "a//b", "a/./b", "a/../b", "trailing/", "100%/%20", "?q#f", "~!*()'",
        "e\u{301}", "\u{e9}",
    ]

    @Test func objectsComeBackAsTheyWerePut() async throws {
        let bucket = try await sandbox.freshBucket()
        for key in ["plain.txt", "a b+c=d&e", "ä/日本/🤖", "a//b", "100%/%20", "~!*()'"] {
            let body = Array("body of \(key)\0\u{1}".utf8)
            let etag = try await s3.putObject(body, bucket: bucket, key: key, contentType: "text/x-odd; a=b")
            let object = try #require(await s3.getObject(bucket: bucket, key: key, maximumSize: 1000), "\(key)")
            #expect(object.body == body)
            #expect(object.head.etag == etag && object.head.contentType == "text/x-odd; a=b")
            let head = try #require(await s3.headObject(bucket: bucket, key: key))
            #expect(head.size == body.count && head.etag == etag && !head.lastModified.isEmpty)
            try await s3.deleteObject(bucket: bucket, key: key)
            #expect(try await s3.headObject(bucket: bucket, key: key) == nil)
            #expect(try await s3.getObject(bucket: bucket, key: key, maximumSize: 10) == nil)
            try await s3.deleteObject(bucket: bucket, key: key)
        }
    }

    @Test func emptyAndLargeBodiesComeBack() async throws {
        let bucket = try await sandbox.freshBucket()
        let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for (key, body) in [("empty", []), ("large", large)] {
            try await s3.putObject(body, bucket: bucket, key: key)
            #expect(try await s3.getObject(bucket: bucket, key: key, maximumSize: large.count)?.body == body)
        }
        let error = await #expect(throws: AWSError.self) {
            try await s3.getObject(bucket: bucket, key: "large", maximumSize: large.count - 1)
        }
        #expect(error?.transport?.kind == .tooLarge || error?.code == .badRequest)
        let small = await #expect(throws: AWSError.self) {
            try await s3.putObject([1, 2, 3], bucket: bucket, key: "three")
            _ = try await s3.getObject(bucket: bucket, key: "three", maximumSize: 2)
        }
        #expect(small?.code == .badRequest)
    }

    @Test func objectThatIsThereStaysWhereOnlyAnAbsentOneIsToBeWritten() async throws {
        let bucket = try await sandbox.freshBucket()
        try await s3.putObject(Array("first".utf8), bucket: bucket, key: "k", onlyIfAbsent: true)
        let error = await #expect(throws: AWSError.self) {
            try await s3.putObject(Array("second".utf8), bucket: bucket, key: "k", onlyIfAbsent: true)
        }
        #expect(error?.code == .preconditionFailed && error?.isDuplicate == true && error?.status == 412)
        #expect(try await s3.getObject(bucket: bucket, key: "k", maximumSize: 10)?.body == Array("first".utf8))
    }

    @Test func listingGoesOverAllPagesInTheOrderOfBytes() async throws {
        let bucket = try await sandbox.freshBucket()
        let keys =
            (0..<1_203).map { "n/\($0)" }
            + Self.hardKeys.filter { !$0.contains("..") && !$0.contains("/./") }.map { "n/x/\($0)" }
        let s3 = s3
        try await withThrowingTaskGroup(of: Void.self) { group in
            for key in keys + ["m/other", "n", "n0"] {
                group.addTask { try await s3.putObject(Array(key.utf8), bucket: bucket, key: key) }
            }
            try await group.waitForAll()
        }
        let sorted = keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let listed = try await s3.listObjects(bucket: bucket, prefix: "n/")
        #expect(listed.map { Array($0.key.utf8) } == sorted.map { Array($0.utf8) })
        #expect(listed.allSatisfy { $0.size == $0.key.utf8.count && $0.etag.count == 32 && $0.lastModified != nil })
        var pages: [Int] = []
        for try await page in s3.objectPages(bucket: bucket, prefix: "n/", startAfter: sorted[99]) {
            pages.append(page.count)
        }
        #expect(pages == [1000, keys.count - 1100])
        #expect(try await s3.listObjects(bucket: bucket, prefix: "absent/").isEmpty)
        #expect(try await s3.listObjects(bucket: bucket, prefix: "n/x/ä").map(\.key) == ["n/x/ä/日本/🤖"])
    }

    @Test func absentBucketIsNotFoundForAll() async throws {
        let bucket = sandbox.freshName("absent")
        let head = await #expect(throws: AWSError.self) { try await s3.headBucket(bucket) }
        #expect(head?.isNotFound == true && head?.status == 404)
        for error in [
            await #expect(throws: AWSError.self) { try await s3.putObject([1], bucket: bucket, key: "k") },
            await #expect(throws: AWSError.self) {
                _ = try await s3.getObject(bucket: bucket, key: "k", maximumSize: 9)
            },
            await #expect(throws: AWSError.self) { _ = try await s3.listObjects(bucket: bucket, prefix: "") },
        ] {
            #expect(error?.code == .noSuchBucket && error?.isNotFound == true)
            #expect(error?.hint?.contains("aws.bucket") == true)
        }
        try await s3.headBucket(try await sandbox.freshBucket())
    }

    @Test func presignedLinkFetchesTheObjectWithoutCredentials() async throws {
        let bucket = try await sandbox.freshBucket()
        try await s3.putObject(Array("seen".utf8), bucket: bucket, key: "a b/ü.txt")
        let link = try await s3.presignedGet(
            bucket: bucket, key: "a b/ü.txt", expires: .seconds(60), at: TestClouds.now())
        #expect(link.hasPrefix("\(sandbox.awsEndpoint)/\(bucket)/a%20b/%C3%BC.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&"))
        let answer = try await HTTPClient().send(HTTPRequest(.get, link))
        #expect(answer.status == 200 && answer.body == Array("seen".utf8))
        for expires in [Duration.zero, .seconds(604_801), .seconds(-5)] {
            await #expect(throws: AWSError.self) {
                try await s3.presignedGet(bucket: bucket, key: "k", expires: expires, at: TestClouds.now())
            }
        }
    }

    @Test func callerIsTheSandboxesAccount() async throws {
        let identity = try await TestClouds.shared().sts().callerIdentity()
        #expect(identity.account == "123456789012")
        #expect(identity.arn.hasPrefix("arn:aws:") && !identity.userID.isEmpty)
    }
}
