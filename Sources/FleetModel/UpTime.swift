/// How long instances have been up: minutes of the current start, and over all starts.
///
/// Both ends of a run are AWS's: its launch time, and the time that it gives for the stop. In between, each count begins from the
/// launch time anew, so counting twice changes nothing, and a clock that was wrong for a while leaves no trace.
extension RecordedInstance {
    /// Counts the minutes of a running instance from AWS's launch time to now.
    ///
    /// A launch time other than the one counted from is another start: what the one before had is kept in the total.
    public mutating func countUpTime(from launch: Instant, to now: Instant) {
        if upTimeSince != launch { beginUpTime(at: launch) }
        setUpTime(minutes: (now - launch) / 60)
    }

    /// Ends the current run; nil, or a time before its begin, leaves what was counted last.
    public mutating func endUpTime(at end: Instant?) {
        if let since = upTimeSince, let end, end > since { setUpTime(minutes: (end - since) / 60) }
        upTimeMinutes = 0
        upTimeSince = nil
    }

    /// Takes over the start or stop that AWS shows, without counting up to now.
    mutating func noteUpTime(of seen: ObservedInstance) {
        switch seen.state {
        case .running:
            guard let launch = seen.launchedAt, launch != upTimeSince else { return }
            beginUpTime(at: launch)
        case .stopping, .stopped, .terminating, .terminated:
            if upTimeSince != nil { endUpTime(at: seen.stoppedAt) }
        case .planned, .launching, .lost: break
        }
    }

    private mutating func beginUpTime(at launch: Instant) {
        endUpTime(at: nil)
        upTimeSince = launch
    }

    private mutating func setUpTime(minutes: Int) {
        let before = totalUpTimeMinutes - upTimeMinutes
        upTimeMinutes = max(0, minutes)
        totalUpTimeMinutes = before + upTimeMinutes
    }
}

extension RecordedInstance {
    /// Takes over what AWS shows of the instance.
    public mutating func observe(_ seen: ObservedInstance) {
        noteUpTime(of: seen)
        state = seen.state
        instanceID = seen.instanceID
        instanceType = seen.instanceType
        imageID = seen.imageID
        subnetID = seen.subnetID
        publicIP = seen.publicIP
        privateIP = seen.privateIP
        // The key pair of its launch stays its own, also where a server does not show it.
        keyName = seen.keyName ?? keyName
        launchedAt = seen.launchedAt
        absentSince = nil
    }
}
