import FleetModel
import Foundation

extension LeaseHolder {
    /// This process, for a purpose: its user, host and number, under an id of its own.
    public static func current(purpose: String) -> LeaseHolder {
        let process = ProcessInfo.processInfo
        return LeaseHolder(
            id: UUID().uuidString.lowercased(), host: process.hostName, pid: Int(process.processIdentifier),
            user: NSUserName(), purpose: purpose)
    }
}
