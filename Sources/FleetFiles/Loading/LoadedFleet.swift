import Diagnostics
import FleetModel

/// What the files of a folder say, and everything that is wrong with them.
public struct LoadedFleet: Sendable, Equatable {
    /// The desired state as far as it could be read; nil where fleet/fleet.yaml gave no settings at all.
    ///
    /// With an error among the diagnostics it is for showing only: values that could not be read are left out or are
    /// the defaults.
    public var repository: FleetRepository?
    /// By file and position, each once.
    public var diagnostics: [Diagnostic]

    /// What was read and what is wrong with it.
    public init(repository: FleetRepository?, diagnostics: [Diagnostic]) {
        self.repository = repository
        self.diagnostics = diagnostics
    }
}
