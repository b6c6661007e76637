/// One change of the recorded state; a list of them is written in one transaction.
///
/// Definitions are stored as ``CanonicalJSON`` beside the columns that queries need, and their revision grows when they
/// change.
public enum RecordChange: Hashable, Sendable {
    /// Replaces the fleet's settings.
    case putSettings(StoredSettings)
    /// Records the AWS account, 12 digits; written once, by the first apply.
    case setAccount(String)
    /// Records the commit that an apply carries out, 40 hex digits.
    case setAppliedCommit(String)
    /// Inserts or replaces the row of that name.
    case putRegion(Region)
    /// Inserts or replaces the row of that address.
    case putUser(User)
    /// Inserts or replaces the row of that name.
    case putSchedule(Schedule)
    /// Inserts or replaces the row of that name.
    case putBot(Bot)
    /// Inserts or replaces what was uploaded for a bot; the bot's own row comes first.
    case putBundle(bot: String, RecordedBundle)
    /// `cursor` is up to when transitions are accounted for; `nextTransition` is the first after it, nil for none. Where the
    /// cursor does not move, a row that is there keeps both.
    case putDeployment(Deployment, region: String, cursor: Instant, nextTransition: Instant?, movesCursor: Bool = true)
    /// Inserts or replaces the group of a user in a region.
    case putSecurityGroup(SecurityGroupSpec, groupID: String)
    /// Inserts or replaces the key pair of a user in a region.
    case putKeyPair(KeyPairSpec, keyName: String)
    /// Inserts or replaces the row of that name; its revision grows.
    case putInstance(RecordedInstance)
    /// Removes whatever row an address has.
    case delete(Address)
    /// Journals an effect before its call.
    case openStep(Step)
    /// Says how a journaled effect ended; a step that does not exist is an error.
    case settleStep(id: String, outcome: Step.Outcome, result: String?, error: String?)
    /// Inserts or replaces the session of that instance, time and action.
    case putSession(Session)
    /// Inserts or replaces the grant of that user and block.
    case putGrant(AddressGrant)
    /// Inserts or replaces the override of that instance.
    case putOverride(PowerOverride)
    /// Lets the schedule, hold or state decide again.
    case clearOverride(instance: String)
    /// Adds to the outbox; only what is in it is ever sent.
    case event(Event)
    /// Says how an apply ended, and when by the database's clock.
    case finishApply(id: Int64, outcome: ApplyRecord.Outcome, error: String?)
}
