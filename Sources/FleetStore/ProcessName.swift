import FoundationEssentials

/// Who this process is, for people who find its name in a table.
enum ProcessName {
    /// `host, process 4711`.
    static var current: String {
        let process = ProcessInfo.processInfo
        return "\(process.hostName), process \(process.processIdentifier)"
    }
}
