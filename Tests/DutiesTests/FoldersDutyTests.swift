import AWSCloud
import FleetModel
import FleetStore
import FleetTestSupport
import Foundation
import Reconciling
import Testing

@testable import Duties

/// sync:folders against moto and MariaDB: what it records, and what that costs (SPEC 6, 10, 11).
@Suite struct FoldersDutyTests {
    // MARK: Full listings

    @Test func everyLegalKeyIsRecordedAsItIsWithItsType() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 1, next: "2026-11-24T08:00:00Z")
            let long = "streamer-data/web-1-1/other/" + String(repeating: "é", count: 498)
            #expect(long.utf8.count == 1024)
            let kinds: KeyValuePairs<String, String> = [
                "output/screenshots/1.png": "screenshots", "screenshots/2.png": "screenshots",
                "output/images/a b.jpg": "images",
                "logs/bot.log": "logs", "output/json//twice.json": "json", "output/json/folder/": "folder",
                "notes.txt": "other", "output/\u{65}\u{301}.txt": "other", "output/\u{e9}.txt": "other",
                "odd/ 100% + & = ? # \u{1F600}.txt": "other", "screenshots": "other", "x//": "folder",
            ]
            var expected = Dictionary(
                uniqueKeysWithValues: kinds.map { (Array("streamer-data/web-1-1/\($0.key)".utf8), $0.value) })
            expected[Array(long.utf8)] = "other"
            for key in expected.keys {
                try await fixture.put(String(decoding: key, as: UTF8.self))
            }
            // A neighbour's, whose name begins alike.
            try await fixture.put("streamer-data/web-1-10/screenshots/x.png")
            let outcome = try await fixture.folders(.all)
            #expect(outcome.errors == [:])
            let rows = try await fixture.database.mysql("SELECT HEX(path), type, size, instance FROM objects")
            let found = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
            let wanted = Dictionary(
                uniqueKeysWithValues: expected.map { key, type in
                    (key.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(), type)
                })
            #expect(found == wanted)
            #expect(rows.allSatisfy { $0[2] == "4" && $0[3] == "web-1-1" })
            #expect(try await fixture.folders(.all).changed == 0)
        }
    }

    @Test func objectsThatWereDeletedOrChangedAreSoInTheTableAfterTheNextListing() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 1, next: "2026-11-24T08:00:00Z")
            let keys = (1...5).map { "streamer-data/web-1-1/logs/\($0).log" }
            for key in keys { try await fixture.put(key) }
            #expect(try await fixture.folders(.all).changed == 5)
            let s3 = fixture.context.power.aws.s3()
            try await s3.deleteObject(bucket: fixture.bucket, key: keys[0])
            try await s3.deleteObject(bucket: fixture.bucket, key: keys[4])
            try await fixture.put(keys[2], "longer than before")
            #expect(try await fixture.folders(.of(instance: "web-1-1")).changed == 3)
            let rows = try await fixture.database.mysql("SELECT path, size FROM objects ORDER BY path")
            #expect(rows == [[keys[1], "4"], [keys[2], "18"], [keys[3], "4"]])
        }
    }

    @Test func neighboursWhoseNamesBeginAlikeKeepTheirRows() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 1, next: "2026-11-24T08:00:00Z")
            for name in ["web-1-1-1", "web-1-10", "web-1-1x"] {
                let row = RecordedInstance(
                    name: name, deployment: "web-1", region: "eu-west-1", user: "anna@example.com", bot: "watch",
                    state: .running)
                try await fixture.store.write([.putInstance(row)], fleetID: fixture.fleetID, under: [])
            }
            // `-`, `/` and `0` follow each other.
            let names = ["web-1-1", "web-1-1-1", "web-1-10", "web-1-1x"]
            for name in names {
                try await fixture.put("streamer-data/\(name)/logs/a.log")
                try await fixture.put("streamer-data/\(name)/")
            }
            #expect(try await fixture.folders(.all).changed == 8)
            #expect(try await fixture.folders(.all).changed == 0)
            for name in names { #expect(try await fixture.folders(.of(instance: name)).changed == 0) }
            #expect(try await fixture.database.mysql("SELECT COUNT(*) FROM objects") == [["8"]])
        }
    }

    @Test func instanceIsListedAgainAfterAnHourOrAChangeOfStateAndNotBefore() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 2, next: "2026-11-24T08:00:00Z")
            #expect(try await fixture.listings { try await fixture.folders() } == 1 + 2)
            #expect(try await fixture.listings { try await fixture.folders() } == 1)
            var row = try #require(
                try await fixture.store.instances(fleetID: fixture.fleetID, names: ["web-1-1"]).first)
            row.publicIP = "192.0.2.1"
            try await fixture.store.write([.putInstance(row)], fleetID: fixture.fleetID, under: [])
            #expect(try await fixture.listings { try await fixture.folders() } == 1, "an address is no state")
            row.state = .running
            try await fixture.store.write([.putInstance(row)], fleetID: fixture.fleetID, under: [])
            #expect(try await fixture.listings { try await fixture.folders() } == 1 + 1)
            try await fixture.database.mysql("UPDATE instances SET objects_due_at = objects_due_at - INTERVAL 1 HOUR")
            #expect(try await fixture.listings { try await fixture.folders() } == 1 + 2)
        }
    }

    @Test func stateThatChangesWhileAListingRunsMakesItDueAgain() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 1, next: "2026-11-24T08:00:00Z")
            let due = try await fixture.store.listings(fleetID: fixture.fleetID, of: .due, after: nil, limit: 10)
            var row = try #require(
                try await fixture.store.instances(fleetID: fixture.fleetID, names: ["web-1-1"]).first)
            row.state = .running
            try await fixture.store.write([.putInstance(row)], fleetID: fixture.fleetID, under: [])
            var changes = ResultChanges()
            changes.listed = due
            try await fixture.store.record(changes, fleetID: fixture.fleetID, under: [])
            #expect(
                try await fixture.store.listings(fleetID: fixture.fleetID, of: .due, after: nil, limit: 10).count == 1)
        }
    }

    @Test func pageThatFailsMarksNothingGoneAndTheNextRunCompletes() async throws {
        let pages = 20
        let broken = Broken()
        let server = try ScriptedServer { request, _ in
            if request.target.contains("uploads") { return [.answer(200, ListingPages.empty)] }
            if request.text.contains("GetCallerIdentity") { return [.answer(200, ListingPages.identity)] }
            let token = request.target.firstMatch(of: /continuation-token=p(\d+)/).flatMap { Int($0.1) } ?? 0
            if broken.isBroken, token == 6 { return [.answer(403, ListingPages.denied)] }
            return [.answer(200, ListingPages.page(token, of: pages, objects: 10))]
        }
        try await DutiesFixture.run(endpoint: "http://127.0.0.1:\(server.port)") { fixture in
            try await fixture.write(deployments: 1, next: "2026-11-24T08:00:00Z")
            // Some of these are not in the bucket any more: one before the broken page, one after it.
            try await fixture.database.mysql(
                "INSERT INTO objects (fleet_id, path, instance, type, size, last_modified) VALUES "
                    + "(\(fixture.fleetID), 'streamer-data/web-1-1/logs/000-gone', 'web-1-1', 'logs', 1, '2026-11-01'), "
                    + "(\(fixture.fleetID), 'streamer-data/web-1-1/logs/999-gone', 'web-1-1', 'logs', 1, '2026-11-01')")
            broken.isBroken = true
            let failed = try await fixture.folders()
            #expect(failed.errors["fleet"]?.contains("web-1-1") == true, "\(failed.errors)")
            let gone = { () async throws -> [[String]] in
                try await fixture.database.mysql("SELECT COUNT(*) FROM objects WHERE path LIKE '%-gone'")
            }
            #expect(try await gone() == [["2"]])
            broken.isBroken = false
            let completed = try await fixture.folders()
            #expect(completed.errors == [:])
            #expect(try await gone() == [["0"]])
            let rows = try await fixture.database.mysql("SELECT COUNT(*) FROM objects")
            #expect(rows == [["\(pages * 10)"]])
        }
    }

    // MARK: Upload lists

    @Test func tenNewObjectsCostOnePageOfListsAndOneInsert() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 4, next: "2026-11-24T08:00:00Z")
            try await fixture.fill(instances: 4, each: 500)
            #expect(try await fixture.folders().changed == 2_000)
            let keys = (1...10).map { "streamer-data/web-1-1/output/screenshots/new-\($0).png" }
            try await fixture.put(list: "20261125T120000.5Z-web-1-1", of: keys)
            fixture.context.power.aws.requests.reset()
            fixture.store.startRecordingStatements()
            let outcome = try await fixture.folders()
            let statements = fixture.store.stopRecordingStatements()
            #expect(outcome.changed == 10 && outcome.errors == [:])
            let requests = fixture.context.power.aws.requests
            #expect(requests.count(service: "s3", action: "ListObjectsV2") == 1)
            #expect(requests.count(service: "s3", action: "GetObject") == 1)
            #expect(statements.count { $0.hasPrefix("INSERT INTO objects") } == 1)
            #expect(statements.count <= 14, "\(statements.map { $0.prefix(70) })")
            let events = try await fixture.database.mysql(
                "SELECT subject, JSON_VALUE(payload, '$.count') FROM events WHERE type = 'S3ObjectAdded' ORDER BY id DESC LIMIT 1"
            )
            #expect(events == [["instance.web-1-1", "10"]])
            fixture.store.startRecordingStatements()
            #expect(try await fixture.folders().changed == 0, "a list is read once")
            // The first is the test's own, for the time.
            let quiet = fixture.store.stopRecordingStatements().dropFirst()
            #expect(quiet.count <= 3, "\(quiet.map { $0.prefix(70) })")
        }
    }

    @Test func listThatNamesAnothersKeysNonsenseOrAnUnknownInstanceIsTakenForWhatIsUsableInIt() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 2, next: "2026-11-24T08:00:00Z")
            _ = try await fixture.folders()
            try await fixture.put(
                "uploads/20261125T120000Z-web-1-1.jsonl",
                """
                {"key":"streamer-data/web-2-1/logs/theirs.log","size":1,"last_modified":"2026-11-25T12:00:00Z"}
                {"key":"streamer-data/web-1-1/logs/mine.log","size":7,"last_modified":"2026-11-25T12:00:00Z"}
                {"key":"streamer-data/web-1-1/../web-2-1/x","size":-1,"last_modified":"2026-11-25T12:00:00Z"}
                not json
                """)
            try await fixture.put(list: "20261125T120000Z-nobody-1", of: ["streamer-data/nobody-1/logs/a.log"])
            try await fixture.put("uploads/readme.txt")
            let outcome = try await fixture.folders()
            #expect(outcome.errors == [:] && outcome.changed == 1)
            #expect(outcome.notes == ["uploads/20261125T120000Z-web-1-1.jsonl: 3 lines are no results of it"])
            #expect(
                try await fixture.database.mysql("SELECT path, size FROM objects")
                    == [["streamer-data/web-1-1/logs/mine.log", "7"]])
        }
    }

    @Test func listFromTheFutureKeepsNoneThatComesAfterItFromBeingRead() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 1, next: "2026-11-24T08:00:00Z")
            _ = try await fixture.folders()
            try await fixture.put(list: "99991231T235959Z-web-1-1", of: ["streamer-data/web-1-1/logs/a.log"])
            #expect(try await fixture.folders().changed == 1)
            // By the name it was written before the other, and it comes late, but within the ten minutes.
            let late = (Date.now - 300).formatted(.iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
            try await fixture.put(list: "\(late)-web-1-1", of: ["streamer-data/web-1-1/logs/b.log"])
            #expect(try await fixture.folders().changed == 1)
        }
    }

    @Test func listsOfLastWeekAreDeletedFromTheBucketAndOthersObjectsStay() async throws {
        let now = Date.now
        let later = (now + 8 * 24 * 3600).formatted(.iso8601)
        try await DutiesFixture.run(clock: "\(now.formatted(.iso8601))/\(later)/1") { fixture in
            try await fixture.write(deployments: 1, next: "2026-11-24T08:00:00Z")
            try await fixture.put(list: "20261125T120000Z-web-1-1", of: [])
            try await fixture.put(list: "20261125T120001Z-odd <&> \u{e9}", of: [])
            for key in ["uploads/readme.txt", "streamer-data/web-1-1/logs/a.log"] { try await fixture.put(key) }
            _ = try await fixture.context.keeper.acquire(DutyContext.fleetLease)
            let outcome = try await CleanDuty().run(
                in: fixture.context, regions: [], at: try await fixture.store.databaseNow())
            #expect(outcome.errors == [:])
            let left = try await fixture.context.power.aws.s3().listObjects(bucket: fixture.bucket, prefix: "")
            #expect(left.map(\.key) == ["streamer-data/web-1-1/logs/a.log", "uploads/readme.txt"])
        }
    }

    @Test func passUnderALostLeaseWritesNothing() async throws {
        try await DutiesFixture.run { fixture in
            try await fixture.write(deployments: 1, next: "2026-11-24T08:00:00Z")
            try await fixture.put("streamer-data/web-1-1/logs/a.log")
            _ = try await fixture.context.keeper.acquire(DutyContext.fleetLease)
            try await fixture.database.mysql("UPDATE leases SET generation = generation + 1, holder_id = 'another'")
            await #expect(throws: (any Error).self) { _ = try await fixture.folders() }
            #expect(try await fixture.database.mysql("SELECT path FROM objects") == [])
        }
    }
}

/// Whether a canned page fails now.
private final class Broken: @unchecked Sendable {
    private let lock = NSLock()
    private var value = false
    var isBroken: Bool {
        get { lock.withLock { value } }
        set { lock.withLock { value = newValue } }
    }
}

/// Pages of ListObjectsV2 as S3 would write them.
enum ListingPages {
    static let empty = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
    static let denied = "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
    static let identity =
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>a</Arn><UserId>u</UserId>"
        + "<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"

    /// Page `number` of so many, with keys in order.
    static func page(_ number: Int, of pages: Int, objects: Int) -> String {
        let contents = (0..<objects).map { index in
            let digits = String(100_000 + number * objects + index)
            return "<Contents><Key>streamer-data%2Fweb-1-1%2Flogs%2F\(digits)</Key><Size>4</Size>"
                + "<ETag>\"x\"</ETag><LastModified>2026-11-25T10:00:00.000Z</LastModified></Contents>"
        }
        let next =
            number + 1 < pages
            ? "<IsTruncated>true</IsTruncated><NextContinuationToken>p\(number + 1)</NextContinuationToken>"
            : "<IsTruncated>false</IsTruncated>"
        return "<ListBucketResult>\(next)\(contents.joined())</ListBucketResult>"
    }
}

extension DutiesFixture {
    var bucket: String { context.settings.aws.bucket }

    /// Puts an object of four bytes, or of a text.
    func put(_ key: String, _ text: String = "text") async throws {
        _ = try await context.power.aws.s3().putObject(Array(text.utf8), bucket: bucket, key: key)
    }

    /// Puts an upload list as an agent writes it, and not the objects.
    func put(list name: String, of keys: [String]) async throws {
        let lines = keys.map { "{\"key\":\"\($0)\",\"size\":4,\"last_modified\":\"2026-11-25T12:00:00Z\"}" }
        try await put("uploads/\(name).jsonl", lines.joined(separator: "\n") + "\n")
    }

    /// Puts so many objects for each of the first instances.
    func fill(instances: Int, each count: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for number in stride(from: worker, to: instances * count, by: 8) {
                        try await put("streamer-data/web-\(number % instances + 1)-1/output/logs/\(number).log")
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Runs the duty under the fleet's lease.
    @discardableResult
    func folders(_ choice: ListingChoice = .due) async throws -> DutyOutcome {
        if await !context.keeper.heldNames.contains(DutyContext.fleetLease) {
            _ = try await context.keeper.acquire(DutyContext.fleetLease)
        }
        return try await FoldersDuty(whole: choice).run(
            in: context, regions: ["eu-west-1"], at: try await store.databaseNow())
    }

    /// How many pages of listings a body asks for.
    func listings(_ body: () async throws -> DutyOutcome) async throws -> Int {
        context.power.aws.requests.reset()
        let outcome = try await body()
        #expect(outcome.errors == [:])
        return context.power.aws.requests.count(service: "s3", action: "ListObjectsV2")
    }
}
