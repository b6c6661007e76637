import Diagnostics
import FleetModel
import LibYAML

/// The one way from a repository folder to the desired state (SPEC 1).
public enum FleetLoader {
    /// Reads fleet/, bots/ and schedules/ of a folder and checks everything that files alone can tell.
    ///
    /// Never throws: what can't be read is a diagnostic. Reads files only (blocking), no network, no database. What the
    /// bots' parameters must be is `checkBots`'s to say.
    /// - Parameters:
    ///   - folder: the fleet repository, absolute or relative to the current folder.
    ///   - zoneExists: whether the system's IANA data has a zone of that name.
    ///   - zoneNames: all zones' names; asked only for the hint on a wrong one.
    public static func load(
        from folder: String, zoneExists: (String) -> Bool, zoneNames: () -> [String] = { [] }
    ) -> LoadedFleet {
        let findings = Findings()
        let repository: RepositoryFolder
        do {
            repository = try RepositoryFolder(folder)
        } catch {
            let location = SourceLocation(file: "fleet/fleet.yaml")
            return LoadedFleet(repository: nil, diagnostics: [.error(location, error.asNamed(folder))])
        }
        return withoutActuallyEscaping(zoneExists) { zoneExists in
            withoutActuallyEscaping(zoneNames) { zoneNames in
                let reading = FleetReading(
                    repository: repository, findings: findings,
                    zones: ZoneCheck(exists: zoneExists, names: zoneNames, findings: findings))
                reading.readAll()
                ReferenceCheck(reading.declarations, findings: findings).run()
                return LoadedFleet(repository: reading.declarations.repository, diagnostics: findings.sorted)
            }
        }
    }

    /// The line that a place is on, for showing it under a message; nil where it can't be read. Tabs and the like stay.
    public static func sourceLine(at location: SourceLocation, in folder: String) -> String? {
        guard let repository = try? RepositoryFolder(folder),  // only for show: the message itself was told
            let bytes = try? repository.read(location.file)  // as above
        else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        var rest = text.unicodeScalars[...]
        if rest.first == "\u{FEFF}" { rest = rest.dropFirst() }
        for _ in 1..<max(1, location.line) {
            guard let end = rest.firstIndex(where: isLineBreak) else { return nil }
            let isPair = rest[end] == "\r" && rest[rest.index(after: end)...].first == "\n"
            rest = rest[rest.index(end, offsetBy: isPair ? 2 : 1)...]
        }
        return String(rest.prefix { !isLineBreak($0) })
    }

    /// YAML 1.1's line breaks, as libyaml counts them.
    private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }
}

/// Whether time zones exist, each asked once a load.
final class ZoneCheck {
    private let exists: (String) -> Bool
    private let names: () -> [String]
    private let findings: Findings
    private var known: [String: Bool] = [:]

    init(exists: @escaping (String) -> Bool, names: @escaping () -> [String], findings: Findings) {
        self.exists = exists
        self.names = names
        self.findings = findings
    }

    /// A field's zone; nil, and an error, where there is none of that name.
    func zone(_ field: FieldReader?) -> String? {
        guard let field, let name = field.text(limit: 255) else { return nil }
        let isKnown = known[name] ?? exists(name)
        known[name] = isKnown
        guard !isKnown else { return name }
        let near = Quotation.nearest(to: name, among: names())
        let hint = near.map { " (did you mean '\($0)'?)" } ?? "; zones are named like Europe/Berlin or UTC"
        field.error("no time zone is named \(Quotation.quoted(name))\(hint)")
        return nil
    }
}
