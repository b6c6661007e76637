import Diagnostics
import FleetModel
import FleetTestSupport
import Foundation
import Testing

@testable import Scheduling

@Suite struct ZoneDatabaseTests {
    @Test(arguments: [
        "", "/etc/localtime", "../etc/passwd", "Europe/../UTC", "Europe//Berlin", "Europe/", "/", ".", "..",
        "Europe/.hidden",
        "+VERSION", "posix/UTC", "right/UTC", "localtime", "posixrules", "UTC\0", "UTC ", "Europe\\Berlin",
        "Европа/Москва",
        "A\nB", "UTC;ls", String(repeating: "A", count: 129),
    ])
    func namesThatNoZoneHasAreRefusedUnread(name: String) {
        #expect(throws: TimeZoneFailure.invalidName(name)) { try systemZones.zone(name) }
        #expect(!systemZones.contains(name))
    }

    @Test func unknownZonesSayWhereTheyWereLookedFor() throws {
        let failure = TimeZoneFailure.unknownZone("Europe/Atlantis", directory: systemZones.directory)
        #expect(throws: failure) { try systemZones.zone("Europe/Atlantis") }
        #expect(failure.summary == "no time zone is named 'Europe/Atlantis' in \(systemZones.directory)")
        #expect(failure.hint == "check the spelling, install the tzdata package, or point TZDIR at the zone files")
        #expect(throws: TimeZoneFailure.self, "a folder") { try systemZones.zone("Europe") }
        #expect(throws: TimeZoneFailure.self, "a file that is no zone") { try systemZones.zone("zone.tab") }
        #expect(!systemZones.contains("europe/berlin"), "upper and lower case count")
    }

    @Test func namesOfAllZonesAreSortedAndUsable() throws {
        let names = systemZones.names()
        #expect(names == names.sorted() && Set(names).count == names.count)
        for name in ["Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT+12", "Pacific/Apia"] {
            #expect(names.contains(name), "\(name)")
        }
        #expect(!names.contains { $0.hasPrefix("posix/") || $0.hasPrefix("right/") || $0 == "localtime" })
        for name in names { #expect(systemZones.contains(name), "\(name)") }
    }

    @Test func theFolderComesFromTheEnvironment() {
        #expect(ZoneDatabase.default(environment: [:]).directory == "/usr/share/zoneinfo")
        #expect(ZoneDatabase.default(environment: ["TZDIR": ""]).directory == "/usr/share/zoneinfo")
        #expect(ZoneDatabase.default(environment: ["TZDIR": "/opt/zones"]).directory == "/opt/zones")
    }

    @Test func aZoneIsReadOnceAndANewDatabaseSeesAnUpdate() async throws {
        try await withTemporaryDirectory { folder in
            let zones = ZoneDatabase(directory: folder.path)
            #expect(!zones.contains("Test/Town"))
            try Self.write(TZifWriter(version: "2", times: [], types: [], offsets: [3600], footer: "AAA-1"), in: folder)
            let instant = Instant(seconds: 0)
            #expect(try zones.zone("Test/Town").offset(at: instant) == 3600, "what was not there may come")
            try Self.write(TZifWriter(version: "2", times: [], types: [], offsets: [7200], footer: "BBB-2"), in: folder)
            #expect(try zones.zone("Test/Town").offset(at: instant) == 3600)
            #expect(try ZoneDatabase(directory: folder.path).zone("Test/Town").offset(at: instant) == 7200)
            #expect(zones.names() == ["Test/Town"])
        }
    }

    private static func write(_ file: TZifWriter, in folder: URL) throws {
        let town = folder.appending(path: "Test")
        try FileManager.default.createDirectory(at: town, withIntermediateDirectories: true)
        try Data(file.bytes).write(to: town.appending(path: "Town"))
    }

    @Test func theVersionIsThatOfTheFolder() async throws {
        try await withTemporaryDirectory { folder in
            let zones = ZoneDatabase(directory: folder.path)
            #expect(zones.version() == "unknown")
            try Data("nonsense".utf8).write(to: folder.appending(path: "tzdata.zi"))
            #expect(zones.version() == "unknown")
            try Data("# version 2026c\n# more\n".utf8).write(to: folder.appending(path: "tzdata.zi"))
            #expect(zones.version() == "2026c")
            try Data("2026d\n".utf8).write(to: folder.appending(path: "+VERSION"))
            #expect(zones.version() == "2026d")
        }
        let known = systemZones.version()
        #expect(known == "unknown" || known.hasPrefix("20"))
    }

    @Test func filesThatAreNotPlainAreRefusedAndNeverWaitedFor() async throws {
        try await withTemporaryDirectory { folder in
            let zones = ZoneDatabase(directory: folder.path)
            #expect(mkfifo(folder.appending(path: "Pipe").path, 0o600) == 0)
            let path = "\(folder.path)/Pipe"
            #expect(throws: TimeZoneFailure.unreadable("Pipe", path: path, reason: "not a regular file")) {
                try zones.zone("Pipe")
            }
            let huge = folder.appending(path: "Huge")
            try Data(count: 2 << 20).write(to: huge)
            #expect(
                throws: TimeZoneFailure.unreadable("Huge", path: huge.path, reason: "larger than 1048576 bytes")
            ) { try zones.zone("Huge") }
            try Data().write(to: folder.appending(path: "Empty"))
            #expect(throws: TimeZoneFailure.corrupt("Empty", reason: "it does not begin with TZif")) {
                try zones.zone("Empty")
            }
            // A link back to the folder leads round in circles.
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: "Loop"), withDestinationURL: folder)
            #expect(zones.names() == [])
        }
    }

    @Test func failuresShowNoControlCharactersOfANameAndAreOneLine() {
        let failure = TimeZoneFailure.invalidName("A\n\u{1B}[31m" + String(repeating: "x", count: 500))
        #expect(!failure.description.contains("\n") && !failure.description.contains("\u{1B}"))
        #expect(failure.description.count < 200)
        #expect(TimeZoneFailure.corrupt("X", reason: "r").summary == "the data of time zone 'X' is damaged: r")
        #expect(TimeZoneFailure.unreadable("X", path: "/p", reason: "r").hint?.contains("permissions") == true)
    }
}
