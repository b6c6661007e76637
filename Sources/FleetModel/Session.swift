/// One start or stop of an instance in the history (SPEC 3).
public struct Session: Hashable, Sendable, Codable {
    /// What is done to the instance.
    public enum Action: String, Hashable, Sendable, Codable, CaseIterable {
        /// Starts a stopped machine, or launches where there is none.
        case start
        /// Stops the machine; its volume stays.
        case stop
    }

    /// What came of it.
    public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// Due, and tried until it works or another takes its place.
        case pending
        /// AWS did it.
        case succeeded
        /// Given up; ``Session/error`` says why.
        case failed
        /// A later transition came before it was done.
        case superseded
        /// Not carried out, because nothing was to do any more.
        case skipped
    }

    /// Who asked for it.
    public enum Source: String, Hashable, Sendable, Codable, CaseIterable {
        /// A transition of the schedule.
        case schedule
        /// The beginning or end of a deployment's hold.
        case hold
        /// The beginning or end of a person's override.
        case override
        /// The user's status.
        case suspend
        /// A schedule with `enforce: true`, against a start or stop made by hand.
        case enforce
        /// A person's command.
        case manual
        /// A lost or terminated instance that was launched again.
        case restore
        /// An apply, for a deployment with a fixed state or a new instance.
        case apply
    }

    /// The instance's name.
    public var instance: String
    /// nil for an instance that no deployment declares.
    public var deployment: String?
    /// The e-mail address of the instance's user, lower case.
    public var user: String
    /// Unique with instance and time.
    public var action: Action
    /// When it was to happen. With instance and action it is unique.
    public var scheduledFor: Instant
    /// When AWS had done it, by the database's clock; nil while it is pending or where it never was.
    public var executedAt: Instant?
    /// Changes as it is tried; a pending one is taken up by the next apply or tick.
    public var outcome: Outcome
    /// How often it was tried, failed tries included.
    public var attempts: Int
    /// What explains it in the history.
    public var source: Source
    /// Why the last try failed; nil once it worked.
    public var error: String?
    /// When AWS took the call of the current try, which is not confirmed yet; nil while no call is under way.
    public var calledAt: Instant?
    /// When a pending one is tried again; nil is at once.
    public var nextAttemptAt: Instant?
    /// The apply that decided it; while that one lives, it is the apply's own to carry out. nil for all others.
    public var apply: Int64?

    /// A start or stop that was not tried yet, unless said otherwise.
    public init(
        instance: String, deployment: String?, user: String, action: Action, scheduledFor: Instant,
        executedAt: Instant? = nil, outcome: Outcome, attempts: Int = 0, source: Source, error: String? = nil,
        calledAt: Instant? = nil, nextAttemptAt: Instant? = nil, apply: Int64? = nil
    ) {
        self.instance = instance
        self.deployment = deployment
        self.user = user
        self.action = action
        self.scheduledFor = scheduledFor
        self.executedAt = executedAt
        self.outcome = outcome
        self.attempts = attempts
        self.source = source
        self.error = error
        self.calledAt = calledAt
        self.nextAttemptAt = nextAttemptAt
        self.apply = apply
    }
}

extension Session {
    /// This session once AWS took its call; what comes of it is seen later.
    public func called(at instant: Instant) -> Session {
        var copy = self
        copy.calledAt = instant
        return copy
    }

    /// This session after AWS did what it asked.
    public func succeeded(at instant: Instant) -> Session {
        var copy = ended(.succeeded)
        copy.attempts += 1
        copy.executedAt = instant
        copy.error = nil
        return copy
    }

    /// This session once nothing is to be done for it any more, and why.
    public func skipped(_ reason: String) -> Session {
        var copy = ended(.skipped)
        copy.error = reason
        return copy
    }

    /// This session after a try that failed: it stays pending, and is tried again after 1, 2, 4, 8, then every 15
    /// minutes (SPEC 2).
    public func tried(_ error: String, at now: Instant) -> Session {
        var copy = self
        copy.attempts += 1
        copy.error = error
        copy.calledAt = nil
        copy.nextAttemptAt = now + Session.pause(afterAttempts: copy.attempts)
        return copy
    }

    /// Seconds until the next try, after so many failed ones.
    public static func pause(afterAttempts attempts: Int) -> Int {
        60 * min(15, 1 << min(max(attempts - 1, 0), 4))
    }

    private func ended(_ outcome: Outcome) -> Session {
        var copy = self
        copy.outcome = outcome
        copy.calledAt = nil
        copy.nextAttemptAt = nil
        return copy
    }
}

extension Session {
    /// What the outbox tells of it: a start or stop that became due, was done, or will not be.
    public var event: Event {
        Event(
            type: "SessionUpdated", subject: Address.instance(instance).description,
            payload: [
                "instance": .string(instance), "deployment": deployment.map { .string($0) } ?? .null,
                "user": .string(user), "action": .string(action.rawValue),
                "scheduled_for": .string(scheduledFor.description), "outcome": .string(outcome.rawValue),
                "source": .string(source.rawValue),
            ])
    }
}
