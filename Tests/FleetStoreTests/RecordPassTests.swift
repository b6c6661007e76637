import FleetModel
import Testing

@testable import FleetStore

@Suite struct RecordPassTests {
    @Test func changesOfDifferentRowsAreOnePass() {
        let passes = RecordPass.passes(
            of: Sample.base + [.putInstance(Sample.instance()), .event(Event(type: "a", subject: "b"))])
        #expect(passes.count == 1)
        #expect(passes.first?.regions == [Sample.region])
        #expect(passes.first?.instances.count == 1)
    }

    @Test func secondChangeOfARowBeginsANewPass() {
        let changes: [RecordChange] = [
            .putInstance(Sample.instance()), .event(Event(type: "a", subject: "x")), .delete(.instance("watch-1")),
            .putUser(Sample.user), .event(Event(type: "b", subject: "x")), .delete(.user("ANNA@example.com")),
        ]
        let passes = RecordPass.passes(of: changes)
        #expect(passes.count == 3)
        #expect(passes.map(\.events.count) == [1, 1, 0])
        #expect(passes[1].deleted == [.instance("watch-1")])
        #expect(passes[1].users.count == 1)
    }

    @Test func nothingIsNoPass() {
        #expect(RecordPass.passes(of: []).isEmpty)
    }

    @Test func equalEventsAreTwo() {
        let event = RecordChange.event(Event(type: "a", subject: "x"))
        #expect(RecordPass.passes(of: [event, event]).map(\.events.count) == [2])
    }

    @Test func deletionsRunFromChildToParent() throws {
        var pass = RecordPass()
        pass.deleted = [
            .region("r"), .user("u"), .keyPair(region: "r", user: "u"), .deployment("d"), .instance("i"),
            .instance("j"),
        ]
        let encoded = try EncodedPass(pass, fleetID: 1)
        #expect(encoded.deletions.map(\.table) == ["instances", "deployments", "key_pairs", "users", "regions"])
        #expect(encoded.deletions.first?.keys == [["i"], ["j"]])
        #expect(encoded.deletions[2].keys == [["r", "u"]])
    }

    @Test func upsertComparesBeforeItAssigns() {
        let upsert = Upsert("t", keys: ["k"], values: ["a", "b"], counted: ["a"])
        #expect(upsert.head == "INSERT INTO t (k, a, b) VALUES")
        #expect(
            upsert.tail
                == "ON DUPLICATE KEY UPDATE updated_at = IF(a <=> VALUES(a) AND b <=> VALUES(b), updated_at, "
                + "UTC_TIMESTAMP(6)), revision = revision + IF(a <=> VALUES(a), 0, 1), a = VALUES(a), b = VALUES(b)")
    }
}
