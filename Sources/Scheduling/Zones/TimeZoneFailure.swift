import Diagnostics

/// Why the rules of a time zone could not be had.
public enum TimeZoneFailure: DescribedFailure, Hashable {
    /// The name is not of the form of an IANA name: empty, absolute, with `..`, or with other characters than names have.
    case invalidName(String)
    /// The system's data has no file of that name.
    case unknownZone(String, directory: String)
    /// The file is there and cannot be read; `reason` is the system's.
    case unreadable(String, path: String, reason: String)
    /// The bytes are not a TZif file as RFC 9636 defines it; `reason` says where they fail.
    case corrupt(String, reason: String)

    /// Which zone, and what is wrong with it.
    public var summary: String {
        switch self {
        case .invalidName(let name): "'\(TimeZoneFailure.shown(name))' is not the name of a time zone"
        case .unknownZone(let name, let directory): "no time zone is named '\(name)' in \(directory)"
        case .unreadable(let name, let path, let reason): "cannot read time zone '\(name)' from \(path): \(reason)"
        case .corrupt(let name, let reason): "the data of time zone '\(name)' is damaged: \(reason)"
        }
    }

    /// What to write, install or set.
    public var hint: String? {
        switch self {
        case .invalidName: "write an IANA name such as Europe/Berlin or UTC"
        case .unknownZone: "check the spelling, install the tzdata package, or point TZDIR at the zone files"
        case .unreadable: "check the permissions, or point TZDIR at the zone files"
        case .corrupt: "install the tzdata package again"
        }
    }

    /// A name from a user's file, cut so that a message stays a line.
    private static func shown(_ name: String) -> String {
        let printable = name.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "\u{FFFD}" : Character($0) }
        return String(printable.prefix(80))
    }
}
