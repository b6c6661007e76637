import Diagnostics
import FleetModel
import Scheduling

/// What planning came to: the plan, and what keeps it from being applied.
public struct PlanResult: Sendable, Equatable {
    /// The whole plan, also where errors keep it from being applied.
    public var plan: Plan
    /// Errors (a protected deployment would shrink, a count is over a limit, storage would shrink) and warnings,
    /// sorted.
    public var diagnostics: [Diagnostic]

    /// A plan with what is to be said about it.
    public init(plan: Plan, diagnostics: [Diagnostic]) {
        self.plan = plan
        self.diagnostics = diagnostics
    }
}

/// Decides what differs between desired, recorded and observed state, and what to do about it. Pure.
public enum Planner {
    /// The plan for one moment.
    ///
    /// - Parameters:
    ///   - observed: complete listings of every region that files or records name; a partial one would look like lost
    ///     instances.
    ///   - zones: the system's time zones.
    /// - Throws: ``ZoneDatabase``'s error for a zone that the system does not have, or an encoding error.
    public static func plan(
        desired: DesiredState, recorded: RecordedState, observed: ObservedState, now: Instant, zones: ZoneDatabase,
        options: PlanOptions = PlanOptions()
    ) throws -> PlanResult {
        let resolved = try ResolvedFleet(desired, grants: recorded.grants, now: now)
        var builder = try PlanBuilder(
            desired: desired, resolved: resolved, recorded: recorded, observed: observed, now: now, zones: zones,
            options: options)
        try builder.planDefinitions()
        try builder.planSharedResources()
        try builder.planInstances()
        builder.select()
        if !options.refreshOnly { builder.checkGuards() }
        builder.hintRenames()
        return try builder.result()
    }
}
