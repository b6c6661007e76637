import FleetModel

/// What a complete listing of a region says of an instance that is recorded there.
public enum SyncVerdict: Hashable, Sendable {
    /// The row is as AWS shows it, or another's to change.
    case unchanged
    /// AWS shows it otherwise: the row as it is to be.
    case changed(RecordedInstance)
    /// AWS does not list it, for the first time: the row that says since when.
    case absent(RecordedInstance)
    /// AWS has it no more: the row that says so.
    case lost(RecordedInstance)
    /// A row that stands for nothing: somebody's machine that is gone, or a launch that came to nothing and that no deployment
    /// declares.
    case gone
}

/// Compares recorded instances with a complete listing of their region (SPEC 6, instance:sync); pure.
///
/// What it says is only true of complete listings: an instance on a page that was not read would look lost.
public struct SyncDecision: Sendable {
    private let fleet: String
    private let users: Set<String>
    private let now: Instant
    private let lostAfter: Int

    /// - Parameters:
    ///   - users: the keys of the fleet's users.
    ///   - lostAfter: seconds between two listings without an instance before it counts as lost.
    public init(fleet: String, users: Set<String>, now: Instant, lostAfter: Int) {
        self.fleet = fleet
        self.users = users
        self.now = now
        self.lostAfter = lostAfter
    }

    /// Whether a row tells of a launch that came to nothing, as far as the row alone tells: what else is known of it decides.
    public static func isFailedLaunch(_ row: RecordedInstance) -> Bool {
        row.managed && row.instanceID == nil
            && (row.state == .launching || (row.state == .planned && row.lastError != nil))
    }

    /// What becomes of a row.
    ///
    /// - Parameters:
    ///   - seen: the machine of the row's id, or nil where the listing has none.
    ///   - isBusy: a step of it is open, or a start or stop pending: whoever has begun that finishes it.
    ///   - isDeclared: whether a recorded deployment declares its name.
    public func verdict(
        on row: RecordedInstance, seen: ObservedInstance?, isBusy: Bool, isDeclared: Bool
    ) -> SyncVerdict {
        guard row.managed else { return verdict(onSomebodys: row, seen) }
        guard row.instanceID != nil else { return verdict(onUnlaunched: row, isBusy: isBusy, isDeclared: isDeclared) }
        switch row.state {
        // Terminated deliberately: what is left of the machine is of no interest.
        case .terminated: return .unchanged
        case .lost:
            // One that is alive was only thought lost.
            guard let seen, seen.state.isAlive else { return .unchanged }
            return taken(row, seen)
        case .planned, .launching, .running, .stopping, .stopped, .terminating: break
        }
        guard let seen else { return verdict(onAbsent: row) }
        return seen.state == .terminated ? .lost(lost(row, seen)) : taken(row, seen)
    }

    private func taken(_ row: RecordedInstance, _ seen: ObservedInstance) -> SyncVerdict {
        var refreshed = row
        refreshed.observe(seen)
        return refreshed == row ? .unchanged : .changed(refreshed)
    }

    private func verdict(onAbsent row: RecordedInstance) -> SyncVerdict {
        guard let since = row.absentSince else {
            var absent = row
            absent.absentSince = now
            return .absent(absent)
        }
        return now - since >= lostAfter ? .lost(lost(row, nil)) : .unchanged
    }

    private func lost(_ row: RecordedInstance, _ seen: ObservedInstance?) -> RecordedInstance {
        var lost = row
        lost.endUpTime(at: seen?.stoppedAt)
        lost.state = .lost
        lost.publicIP = nil
        lost.privateIP = nil
        let reason = seen?.stateReason.map { ": \($0)" } ?? ""
        lost.lastError =
            seen == nil
            ? "AWS has \(row.instanceID ?? "it") no more"
            : "\(row.instanceID ?? "it") was terminated outside botfleet\(reason)"
        return lost
    }

    private func verdict(onUnlaunched row: RecordedInstance, isBusy: Bool, isDeclared: Bool) -> SyncVerdict {
        guard !isBusy, SyncDecision.isFailedLaunch(row) else { return .unchanged }
        guard isDeclared else { return .gone }
        // A declared name keeps its row: its next start launches it.
        guard row.state == .launching else { return .unchanged }
        var planned = row
        planned.state = .planned
        return .changed(planned)
    }

    private func verdict(onSomebodys row: RecordedInstance, _ seen: ObservedInstance?) -> SyncVerdict {
        guard let seen else {
            let verdict = verdict(onAbsent: row)
            if case .lost = verdict { return .gone }
            return verdict
        }
        guard seen.state != .terminated, let user = listedUser(of: seen) else { return .gone }
        var refreshed = row
        refreshed.observe(seen)
        refreshed.user = user
        return refreshed == row ? .unchanged : .changed(refreshed)
    }

    // MARK: Machines without a row

    /// What a machine that no row names is.
    public enum Stranger: Hashable, Sendable {
        /// Nobody's of this fleet, or another fleet's.
        case ignored
        /// A known user's: listed, never touched.
        case listed(user: String)
        /// It bears this fleet's tag, and no user of the fleet's is named on it: it costs money for nobody.
        case unowned
    }

    /// What a machine without a row is.
    public func stranger(_ seen: ObservedInstance) -> Stranger {
        guard seen.state.isAlive else { return .ignored }
        if let user = listedUser(of: seen) { return .listed(user: user) }
        return seen.fleet == fleet ? .unowned : .ignored
    }

    /// The row of a known user's machine.
    ///
    /// - Parameter isFree: whether no row has a name yet. A name that is taken, or none, is replaced by EC2's id.
    public func row(of seen: ObservedInstance, user: String, isFree: (String) -> Bool) -> RecordedInstance {
        let name = seen.name.flatMap { name in (1...255).contains(name.count) && isFree(name) ? name : nil }
        var row = RecordedInstance(
            name: name ?? seen.instanceID, managed: false, region: seen.region, user: user)
        row.observe(seen)
        return row
    }

    /// The known user whose machine it is by its tag; nil for another fleet's, or where no known user is named.
    private func listedUser(of seen: ObservedInstance) -> String? {
        guard (seen.fleet ?? fleet) == fleet, let user = seen.user, users.contains(user) else { return nil }
        return user
    }
}
