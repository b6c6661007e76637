import AWSCloud
import FleetModel
import FleetStore
import InstanceAgent
import Reconciling

/// `sync:folders`: the files and folders below `streamer-data/NAME/` against MySQL.
///
/// What is new comes from the upload lists that agents write, one listing for the whole fleet; each instance's results are listed
/// whole once an hour and after its state changed, which finds what was deleted, and what others than our agent wrote.
public struct FoldersDuty: Duty {
    private let choice: ListingChoice

    /// `sync:folders`, with whole listings of those that are due, of one instance or of all.
    public init(whole choice: ListingChoice = .due) { self.choice = choice }

    /// What it is called.
    public var name: DutyName { .syncFolders }

    /// The bucket is the whole fleet's.
    public var scope: DutyScope { .fleet }

    /// Reads the new upload lists, then lists what is due whole; one that fails is due still.
    public func run(in context: DutyContext, regions: [String], at now: Instant) async throws -> DutyOutcome {
        await FoldersDuty.turn.take()
        do {
            let outcome = try await takeTurn(context, at: now)
            await FoldersDuty.turn.give()
            return outcome
        } catch {
            await FoldersDuty.turn.give()
            throw error
        }
    }

    /// The lease keeps other processes out, and this a job of this one: what one pass records, another's listing may not know yet.
    private static let turn = Turn()

    private func takeTurn(_ context: DutyContext, at now: Instant) async throws -> DutyOutcome {
        var outcome = DutyOutcome()
        do {
            try await context.power.account.check()
            let bucket = ResultsBucket(context)
            try await UploadListPass(bucket).run(at: now, &outcome)
            try await ListingPass(bucket).run(choice, &outcome)
        } catch let error where error is AWSError || error is ReconcileFailure {
            outcome.fail("fleet", error)
        }
        return outcome
    }
}

/// Lets one after another do something, in the order in which they come.
actor Turn {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Waits until nobody else has the turn.
    func take() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    /// Gives it to whoever waits the longest.
    func give() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}

/// What both passes work with.
struct ResultsBucket: Sendable {
    let s3: S3
    let bucket: String
    let store: FleetStore
    let fleetID: Int64
    let keeper: LeaseKeeper

    init(_ context: DutyContext) {
        s3 = context.power.aws.s3()
        bucket = context.settings.aws.bucket
        store = context.store
        fleetID = context.fleetID
        keeper = context.keeper
    }

    func record(_ changes: ResultChanges) async throws {
        try await store.record(
            changes, fleetID: fleetID, under: try await keeper.held(DutyContext.fleetLease))
    }

    /// One for an instance's page, whatever is new on it: how many, and the first of them.
    static func event(instance: String, id: Int64, added: [ResultObject]) -> Event {
        Event(
            type: "S3ObjectAdded", subject: Address.instance(instance).description,
            payload: [
                "id": .integer(Int(id)), "instance": .string(instance), "count": .integer(added.count),
                "objects": .array(
                    added.prefix(shown).map { object in
                        [
                            "path": .string(object.path), "type": .string(object.kind.rawValue),
                            "size": .integer(object.size), "last_modified": .string(object.lastModified.description),
                        ]
                    }),
            ])
    }

    /// An event is to stay below 10 KB.
    private static let shown = 5
}

/// The new upload lists, from the cursor less ten minutes.
struct UploadListPass: Sendable {
    /// A list may turn up later than another of a later name, by so many seconds.
    private static let lateness = 600
    /// Lists that are fetched at once.
    private static let width = 8
    /// Lists of one transaction: 50,000 rows at most.
    private static let batch = 50

    private let bucket: ResultsBucket

    init(_ bucket: ResultsBucket) { self.bucket = bucket }

    func run(at now: Instant, _ outcome: inout DutyOutcome) async throws {
        let (store, fleetID) = (bucket.store, bucket.fleetID)
        let position = try await store.uploadPosition(fleetID: fleetID)
        let pages = bucket.s3.objectPages(
            bucket: bucket.bucket, prefix: UploadList.prefix,
            startAfter: position.map { UploadList.startAfter($0 - UploadListPass.lateness) })
        var newest = position
        for try await page in pages {
            let lists = page.compactMap { UploadList(key: $0.key) }
            guard !lists.isEmpty else { continue }
            let known = try await store.readLists(fleetID: fleetID, among: lists.map(\.key))
            let new = lists.filter { !known.contains($0.key) }
            for part in new.batches(of: UploadListPass.batch) {
                // Names are the instances' word: one from the future must not keep those before it from being read.
                let latest = min(part.map(\.writtenAt).max() ?? now, now)
                newest = newest.map { max($0, latest) } ?? latest
                outcome.changed += try await take(part, position: newest, &outcome)
            }
        }
    }

    private func take(_ lists: [UploadList], position: Instant?, _ outcome: inout DutyOutcome) async throws -> Int {
        let named = try await fetch(lists, &outcome)
        let latest = Dictionary(named.map { ($0.key, $0) }) { $1.lastModified < $0.lastModified ? $0 : $1 }
        let known = try await bucket.store.results(fleetID: bucket.fleetID, keys: Array(latest.keys))
        let ids = try await bucket.store.instanceIDs(
            fleetID: bucket.fleetID, names: Set(latest.values.map(\.instance)).sorted())
        var changes = ResultChanges()
        changes.put = latest.values.filter { object in
            guard ids[object.instance] != nil else { return false }
            return known[object.key].map { !$0.isSame(as: object) && $0.lastModified <= object.lastModified } ?? true
        }.sorted { $0.key < $1.key }
        changes.lists = lists.map(\.key)
        changes.position = position
        for (instance, added) in Dictionary(grouping: changes.put, by: \.instance).sorted(by: { $0.key < $1.key }) {
            changes.events.append(ResultsBucket.event(instance: instance, id: ids[instance] ?? 0, added: added))
        }
        try await bucket.record(changes)
        return changes.put.count
    }

    /// What the lists name; one that is gone or no list names nothing.
    private func fetch(_ lists: [UploadList], _ outcome: inout DutyOutcome) async throws -> [ResultObject] {
        struct Part: Sendable {
            var list: UploadList
            var objects: [ResultObject] = []
            var unreadable = 0
            var isTooLarge = false
        }
        let bucket = self.bucket
        var parts: [Part] = []
        try await withThrowingTaskGroup(of: Part.self) { group in
            var rest = lists[...]
            for _ in 0..<UploadListPass.width { add() }
            while let part = try await group.next() {
                parts.append(part)
                add()
            }

            func add() {
                guard let list = rest.popFirst() else { return }
                group.addTask {
                    var part = Part(list: list)
                    do {
                        guard
                            let object = try await bucket.s3.getObject(
                                bucket: bucket.bucket, key: list.key.description, maximumSize: UploadList.maximumSize)
                        else { return part }
                        (part.objects, part.unreadable) = list.entries(object.body)
                    } catch let error as AWSError where error.code == .badRequest {
                        part.isTooLarge = true
                    }
                    return part
                }
            }
        }
        for part in parts where part.isTooLarge || part.unreadable > 0 {
            outcome.notes.append(
                "\(part.list.key): "
                    + (part.isTooLarge
                        ? "too large for an upload list; left out" : "\(part.unreadable) lines are no results of it"))
        }
        return parts.flatMap(\.objects)
    }
}
