/// The states of an instance, as lists show them (SPEC 3).
public enum InstanceState: String, Hashable, Sendable, Codable, CaseIterable {
    /// Recorded, never launched: its first start will.
    case planned
    /// Launched or starting, not running yet.
    case launching
    case running
    case stopping
    case stopped
    case terminating
    /// Terminated deliberately; stays so until it is restored or its file changes.
    case terminated
    /// AWS terminated it, or has it no more.
    case lost

    /// Whether AWS has, or may have, a machine for it.
    public var isAlive: Bool {
        switch self {
        case .launching, .running, .stopping, .stopped: true
        case .planned, .terminating, .terminated, .lost: false
        }
    }

    /// EC2's state name as ours: `pending` is launching, `shutting-down` terminating; nil for an unknown one.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html
    public init?(ec2 name: String) {
        switch name {
        case "pending": self = .launching
        case "running": self = .running
        case "stopping": self = .stopping
        case "stopped": self = .stopped
        case "shutting-down": self = .terminating
        case "terminated": self = .terminated
        default: return nil
        }
    }

    /// The power that a state amounts to; nil where there is no machine.
    public var power: PowerState? {
        switch self {
        case .launching, .running: .running
        case .stopping, .stopped: .stopped
        case .planned, .terminating, .terminated, .lost: nil
        }
    }
}
