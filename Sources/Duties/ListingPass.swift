import AWSCloud
import FleetModel
import FleetStore
import Reconciling

/// Full listings of instances' results, merged page by page with what is recorded.
///
/// A page is compared with one ordered read of the rows between its first and last key, so that neither an instance's objects nor its
/// rows are ever all in memory. Nobody else records results meanwhile: the fleet's lease sees to that.
struct ListingPass: Sendable {
    /// Instances that are listed at once.
    private static let width = 8
    /// Instances that are read as due at a time.
    private static let chunk = 500
    /// For how long listings are begun in one run; the rest is due still at the next.
    private static let patience: Duration = .seconds(45)

    private let bucket: ResultsBucket

    init(_ bucket: ResultsBucket) { self.bucket = bucket }

    func run(_ choice: ListingChoice, _ outcome: inout DutyOutcome) async throws {
        let deadline = choice == .due ? ContinuousClock.now + ListingPass.patience : nil
        let writer = ListingWriter(bucket)
        var failures: [String: String] = [:]
        var after: DueListing?
        while true {
            let due = try await bucket.store.listings(
                fleetID: bucket.fleetID, of: choice, after: after, limit: ListingPass.chunk)
            guard !due.isEmpty else { break }
            after = due.last
            try await list(due, writer, until: deadline, &failures)
            if deadline.map({ ContinuousClock.now > $0 }) ?? false { break }
            if failures.count >= due.count { break }
        }
        try await writer.flush()
        outcome.changed += await writer.written
        if let first = failures.min(by: { $0.key < $1.key }) {
            outcome.errors["fleet"] =
                "the results of \(failures.count) instances could not be listed; of \(first.key): \(first.value)"
        }
    }

    private func list(
        _ due: [DueListing], _ writer: ListingWriter, until deadline: ContinuousClock.Instant?,
        _ failures: inout [String: String]
    ) async throws {
        struct Ended: Sendable {
            var instance: String
            var error: String?
        }
        try await withThrowingTaskGroup(of: Ended.self) { group in
            var rest = due[...]
            for _ in 0..<ListingPass.width { add() }
            while let ended = try await group.next() {
                if let error = ended.error { failures[ended.instance] = error }
                if deadline.map({ ContinuousClock.now < $0 }) ?? true { add() }
            }

            func add() {
                guard let item = rest.popFirst() else { return }
                group.addTask {
                    do {
                        try await list(item, writer)
                        return Ended(instance: item.instance)
                    } catch let error as AWSError {
                        return Ended(instance: item.instance, error: DutyOutcome.text(error))
                    }
                }
            }
        }
    }

    /// Lists one instance whole. What is gone is only said once the last page came.
    private func list(_ item: DueListing, _ writer: ListingWriter) async throws {
        let prefix = ResultObject.prefix(instance: item.instance)
        var merge = ListingMerge(instance: item.instance)
        var last: ObjectKey?
        for try await page in bucket.s3.objectPages(bucket: bucket.bucket, prefix: prefix) {
            guard let end = page.last.map({ ObjectKey($0.key) }) else { continue }
            let rows = try await bucket.store.results(
                fleetID: bucket.fleetID, instance: item.instance, after: last, through: end)
            try await writer.add(merge.merge(page, with: rows), of: item)
            last = end
        }
        let rest = try await bucket.store.results(
            fleetID: bucket.fleetID, instance: item.instance, after: last, through: nil)
        merge.gone += rest
        try await writer.finish(item, gone: merge.gone)
    }
}

/// One instance's listing against its rows, both in the order of their keys.
struct ListingMerge {
    let instance: String
    /// Rows that the listing so far lacks.
    var gone: [ResultObject] = []

    init(instance: String) { self.instance = instance }

    /// What is new or changed on a page; `rows` are all between the page before it and its last key.
    mutating func merge(_ page: [S3ListedObject], with rows: [ResultObject]) -> [ResultObject] {
        var put: [ResultObject] = []
        var known = rows[...]
        for item in page {
            let object = ResultObject(
                key: ObjectKey(item.key), instance: instance, size: item.size,
                lastModified: item.lastModified ?? Instant(seconds: 0))
            while let row = known.first, row.key < object.key { gone.append(known.removeFirst()) }
            if let row = known.first, row.key == object.key {
                known.removeFirst()
                if row.isSame(as: object), row.instance == instance { continue }
            }
            put.append(object)
        }
        gone += known
        return put
    }
}

/// Gathers what listings found over instances, so that statements take hundreds of rows.
actor ListingWriter {
    /// Rows that are written at once.
    private static let limit = 5000

    private let bucket: ResultsBucket
    private var open: [DueListing: [ResultObject]] = [:]
    private var announced: Set<Int64> = []
    private var ready = ResultChanges()
    /// Rows that were put or deleted so far.
    private(set) var written = 0

    init(_ bucket: ResultsBucket) { self.bucket = bucket }

    /// New and changed ones of an instance whose listing goes on.
    func add(_ objects: [ResultObject], of item: DueListing) async throws {
        guard !objects.isEmpty else { return }
        open[item, default: []] += objects
        guard let held = open[item], held.count >= ListingWriter.limit else { return }
        open[item] = nil
        put(held, of: item)
        try await flush()
    }

    /// An instance's listing is complete.
    func finish(_ item: DueListing, gone: [ResultObject]) async throws {
        put(open.removeValue(forKey: item) ?? [], of: item)
        ready.removed += gone
        ready.listed.append(item)
        if ready.put.count + ready.removed.count >= ListingWriter.limit { try await flush() }
    }

    /// Writes what is ready.
    func flush() async throws {
        let changes = ready
        ready = ResultChanges()
        guard !changes.put.isEmpty || !changes.removed.isEmpty || !changes.listed.isEmpty else { return }
        try await bucket.record(changes)
        written += changes.put.count + changes.removed.count
    }

    /// An instance's event comes with the first of its rows: one a pass.
    private func put(_ objects: [ResultObject], of item: DueListing) {
        guard !objects.isEmpty else { return }
        ready.put += objects
        if announced.insert(item.id).inserted {
            ready.events.append(ResultsBucket.event(instance: item.instance, id: item.id, added: objects))
        }
    }
}
