import AWSCloud
import Diagnostics
import FleetStore
import Reconciling

/// Why a job cannot be done as it was asked for.
public enum JobFailure: DescribedFailure, Hashable {
    /// No deployment, instance or user of this name is recorded.
    case notFound(kind: String, name: String, among: [String])
    /// Neither RFC 3339 nor a local time.
    case unreadableTime(String)
    /// It is over already.
    case pastTime(String)
    /// Ticks came in between each time that it was to be recorded.
    case alwaysMoving
    /// Something stronger keeps an instance as it is.
    case overruled(instance: String, why: String)
    /// There is no machine that runs.
    case notRunning(instance: String, state: String)
    /// A start or stop of it is to be done already.
    case pending(instance: String)
    /// Its stop did not come about.
    case stopFailed(instance: String, reason: String?)
    /// The whole internet, or nobody's address.
    case openToAll(String)
    /// AWS allows a group so many rules.
    case tooManyRules(user: String, count: Int, limit: Int)
    /// Several failed, each told by itself.
    case several([String])

    /// What was asked for and what kept it from being done.
    public var summary: String {
        switch self {
        case .notFound(let kind, let name, _): "there is no \(kind) '\(name)'"
        case .unreadableTime(let text): "'\(text)' is no time"
        case .pastTime(let text): "'\(text)' is over already"
        case .alwaysMoving: "the schedule moved on each time that this was to be recorded"
        case .overruled(let instance, let why): "'\(instance)' stays as it is: \(why)"
        case .notRunning(let instance, let state): "'\(instance)' is not running, but \(state)"
        case .pending(let instance): "a start or stop of '\(instance)' is under way already"
        case .stopFailed(let instance, let reason): "'\(instance)' was not stopped: \(reason ?? "another took it over")"
        case .openToAll(let text): "'\(text)' would let everybody in"
        case .tooManyRules(let user, let count, let limit):
            "the security group of \(user) would have \(count) rules, and AWS takes \(limit)"
        case .several(let texts): texts.joined(separator: "; ")
        }
    }

    /// What to do.
    public var hint: String? {
        switch self {
        case .notFound(let kind, let name, let names):
            Suggestion.nearest(to: name, among: names).map { "did you mean '\($0)'?" } ?? JobFailure.few(kind, names)
        case .unreadableTime: "write it as 2026-03-29T01:00:00Z, or as a local time 2026-03-29T08:00"
        case .pastTime: "name a later time"
        case .alwaysMoving: "try again"
        case .overruled: "a hold and a suspended user win over start and stop: change the files and apply"
        case .notRunning: "botfleet start starts it"
        case .pending: "botfleet sessions shows it; try again once it is done"
        case .stopFailed: "botfleet sessions tells more"
        case .openToAll: "name the address itself, such as 203.0.113.7, or its network"
        case .tooManyRules: "take addresses out of allowed_ips, or ports out of defaults.ports"
        case .several: nil
        }
    }

    private static func few(_ kind: String, _ names: [String]) -> String? {
        guard !names.isEmpty else { return nil }
        let more = names.count > 5 ? ", … (botfleet \(kind)s lists all \(names.count))" : ""
        return "\(kind)s: \(names.prefix(5).joined(separator: ", "))\(more)"
    }

    /// Whether the same request may well work later, so that a job is tried again.
    static func passes(_ error: any Error) -> Bool {
        switch error {
        case let error as AWSError: PowerContext.isUnreachable(error) || error.isThrottling || error.mayHaveTakenEffect
        case let error as ReconcileFailure:
            switch error {
            case .busy, .dutyHeld, .leaseHeld, .leaseLost: true
            default: false
            }
        case let error as StoreError: error.kind == .leaseLost
        case let error as JobFailure:
            switch error {
            case .alwaysMoving, .pending: true
            default: false
            }
        default: FleetStore.isDatabaseError(error)
        }
    }
}
