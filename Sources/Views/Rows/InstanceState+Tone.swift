import FleetModel

extension InstanceState {
    /// Good while it runs, careful while it changes, bad when it is gone against everybody's will.
    var tone: Tone {
        switch self {
        case .running: .good
        case .launching, .stopping, .terminating: .careful
        case .planned, .stopped, .terminated: .plain
        case .lost: .bad
        }
    }
}
