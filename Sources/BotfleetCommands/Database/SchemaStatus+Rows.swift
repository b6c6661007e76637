import FleetStore
import Views

extension SchemaStatus {
    /// Its migrations as a list's rows.
    var rows: [MigrationRow] {
        applied.map { MigrationRow(name: $0, state: changed.contains($0) ? .changed : .applied) }
            + pending.map { MigrationRow(name: $0, state: halfRun == $0 ? .halfRun : .pending) }
    }
}
