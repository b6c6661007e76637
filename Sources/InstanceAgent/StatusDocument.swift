import FleetModel

/// `instances/NAME/status.json` in the bucket: what an instance's agent says of itself and of its bot (SPEC 10).
///
/// An instance wrote it, so nothing in it is relied upon: it is shown to people.
public struct StatusDocument: Hashable, Sendable {
    /// What is larger than this is none.
    public static let maximumSize = 64 << 10

    /// `running`, `waiting` (for its next start), `preparing`, `failed` or `none`.
    public var bot: String?
    /// The agent's version.
    public var agent: String?
    /// When it was written.
    public var updatedAt: String?
    /// The params.json that the bot runs with.
    public var version: Int?
    /// How the bot ended last: `code 1`, `SIGKILL`.
    public var lastExit: String?
    /// When that was.
    public var lastExitAt: String?
    /// How often the bot was started again since it was given its work.
    public var restarts: Int?
    /// When results were sent last.
    public var lastUploadAt: String?
    /// Files that wait to be sent.
    public var pendingUploads: Int?
    /// What went wrong last.
    public var error: String?

    /// What a document says; nil where it is no JSON object.
    public init?(_ body: [UInt8]) {
        // Why it can't be read would say nothing to whoever asks for the instance.
        guard let json = try? CanonicalJSON.decode(JSONValue.self, from: String(decoding: body, as: UTF8.self)),
            case .object = json
        else { return nil }
        bot = json["bot"]?.text
        agent = json["agent"]?.text
        updatedAt = json["updated_at"]?.text
        version = json["version"]?.whole
        if let exit = json["last_exit"] {
            lastExit = exit["signal"]?.text ?? exit["code"]?.whole.map { "code \($0)" }
            lastExitAt = exit["at"]?.text
        }
        restarts = json["restarts"]?.whole
        lastUploadAt = json["last_upload"]?["at"]?.text
        pendingUploads = json["pending_uploads"]?.whole
        error = json["error"]?.text
    }

    /// Where an instance's document lies in the bucket.
    public static func key(instance: String) -> String { "instances/\(instance)/status.json" }
}

extension JSONValue {
    fileprivate var whole: Int? { if case .integer(let value) = self { value } else { nil } }
}
