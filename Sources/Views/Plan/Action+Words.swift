import Planning

extension Change.Action {
    /// The sign that marks it: Terraform's four, because people and scripts know them.
    var sign: BodyLine.Sign {
        switch self {
        case .create, .restore: .add
        case .update, .start, .stop, .adopt: .change
        case .replace: .replace
        case .delete: .remove
        }
    }

    /// `will be …`.
    var participle: String {
        switch self {
        case .create: "created"
        case .update: "updated in place"
        case .replace: "replaced"
        case .delete: "deleted"
        case .start: "started"
        case .stop: "stopped"
        case .restore: "restored"
        case .adopt: "adopted"
        }
    }

    /// What is said when it is done: `created`.
    var done: String { self == .update ? "updated" : participle }

    /// What is said while it is done: `creating`.
    var doing: String {
        switch self {
        case .create: "creating"
        case .update: "updating"
        case .replace: "replacing"
        case .delete: "deleting"
        case .start: "starting"
        case .stop: "stopping"
        case .restore: "restoring"
        case .adopt: "adopting"
        }
    }

    /// What its sign is explained with.
    var meaning: String {
        switch self {
        case .create: "create"
        case .update: "update in place"
        case .replace: "terminate, then launch anew"
        case .delete: "delete"
        case .start: "start"
        case .stop: "stop"
        case .restore: "restore"
        case .adopt: "adopt"
        }
    }
}
