import Synchronization

/// The system's IANA time zone data: a folder of TZif files, as the tzdata package installs it.
///
/// Zones are read when they are first asked for and kept. To see an update of tzdata, make a new value; it costs nothing until
/// it is asked. Reading blocks for one small file. May be used from any thread.
public final class ZoneDatabase: Sendable {
    /// The folder, `/usr/share/zoneinfo` on most systems.
    public let directory: String
    private let folder: ZoneFolder
    private let known = Mutex<[String: TimeZoneRules]>([:])
    private let listed = Mutex<[String]?>(nil)

    /// The data in a folder; it is not looked at yet.
    public init(directory: String) {
        self.directory = directory
        self.folder = ZoneFolder(path: directory)
    }

    /// The data that `TZDIR` names, else `/usr/share/zoneinfo`.
    public static func `default`(environment: [String: String]) -> ZoneDatabase {
        let named = environment["TZDIR"].flatMap { $0.isEmpty ? nil : $0 }
        return ZoneDatabase(directory: named ?? "/usr/share/zoneinfo")
    }

    /// The rules of a zone by its IANA name; upper and lower case count.
    ///
    /// Throws: `.invalidName` for what no zone can be named (nothing outside the folder is ever opened), `.unknownZone`,
    /// `.unreadable`, `.corrupt`.
    public func zone(_ name: String) throws(TimeZoneFailure) -> TimeZoneRules {
        if let rules = known.withLock({ $0[name] }) { return rules }
        guard ZoneDatabase.isZoneName(name) else { throw .invalidName(name) }
        let rules = try TimeZoneRules(name: name, tzif: try folder.bytes(ofZone: name))
        // Two threads may both have read it; the values are the same.
        known.withLock { $0[name] = rules }
        return rules
    }

    /// Whether there is a usable zone of that name.
    public func contains(_ name: String) -> Bool {
        do {
            _ = try zone(name)
            return true
        } catch {
            return false
        }
    }

    /// The names of all zones, sorted: for hints and completions. Reads the whole folder at the first call.
    public func names() -> [String] {
        if let names = listed.withLock({ $0 }) { return names }
        let names = folder.zoneNames().filter(ZoneDatabase.isZoneName).sorted()
        listed.withLock { $0 = names }
        return names
    }

    /// The version of the data, `2025b`; `unknown` where the folder does not say.
    public func version() -> String { folder.version() ?? "unknown" }

    /// Whether a text has the form of an IANA zone name.
    ///
    /// `posix/` and `right/` hold copies (the second with leap seconds), `localtime` and `posixrules` are this machine's choices:
    /// none of them means the same zone elsewhere, so they are no names.
    static func isZoneName(_ name: String) -> Bool {
        guard (1...128).contains(name.utf8.count) else { return false }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy(isPart), !["posix", "right", "localtime", "posixrules"].contains(String(parts[0])) else {
            return false
        }
        return true
    }

    /// Letters, digits, `_ + - .`; a letter first, so that `..`, `.hidden` and `+VERSION` are none.
    private static func isPart(_ part: Substring) -> Bool {
        guard let first = part.utf8.first, isLetter(first) else { return false }
        return part.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || [43, 45, 46, 95].contains($0) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
}
