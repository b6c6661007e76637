import FleetModel
import FleetTestSupport
import Foundation
import Testing

@testable import Scheduling

/// Bytes of zone files, right and wrong.
@Suite struct TZifFileTests {
    @Test func aVersion2FileIsReadFromItsSecondBlockAndItsFooter() throws {
        let file = TZifWriter(
            version: "2", times: [1000, 2000], types: [1, 0], offsets: [3600, 7200],
            footer: "CET-1CEST,M3.5.0,M10.5.0/3")
        let rules = try TimeZoneRules(name: "X", tzif: file.bytes)
        #expect(
            rules.span(at: 0) == OffsetSpan(start: .min, end: 1000, offset: 3600), "the first type holds before all")
        #expect(rules.span(at: 1500) == OffsetSpan(start: 1000, end: 2000, offset: 7200))
        #expect(rules.span(at: 2000).start == 2000)
        #expect(rules.offset(at: try at("2026-07-01T00:00:00Z")) == 7200)
        #expect(rules.offset(at: try at("2026-12-01T00:00:00Z")) == 3600)
    }

    @Test func aVersion1FileKeepsItsLastOffset() throws {
        let file = TZifWriter(version: "\0", times: [1000, 2000], types: [1, 0], offsets: [3600, 7200], footer: nil)
        let rules = try TimeZoneRules(name: "X", tzif: file.bytes)
        #expect(rules.span(at: 5000) == OffsetSpan(start: 2000, end: .max, offset: 3600))
        #expect(rules.offset(at: try at("2100-07-01T00:00:00Z")) == 3600)
    }

    @Test func aFileWithoutChangesIsItsFooterOrItsFirstType() throws {
        let fixed = TZifWriter(version: "2", times: [], types: [], offsets: [-3600], footer: "")
        #expect(try TimeZoneRules(name: "X", tzif: fixed.bytes).offset(at: at("2026-01-01T00:00:00Z")) == -3600)
        let ruled = TZifWriter(
            version: "3", times: [], types: [], offsets: [7200], footer: "EET-2EEST,M3.4.4/50,M10.4.4/50")
        #expect(try TimeZoneRules(name: "X", tzif: ruled.bytes).offset(at: at("2026-07-01T00:00:00Z")) == 10_800)
    }

    @Test(
        arguments: [
            ([], "it does not begin with TZif"), (Array("TZif2".utf8), "it ends within its header"),
            (Array("nonsense".utf8), "it does not begin with TZif"), (Array("TZif!".utf8), "its version is unknown"),
        ] as [([UInt8], String)])
    func bytesThatAreNoZoneFileAreRefused(bytes: [UInt8], reason: String) {
        #expect(throws: TimeZoneFailure.corrupt("X", reason: reason)) { try TimeZoneRules(name: "X", tzif: bytes) }
    }

    @Test func everyFaultOfAFileIsNamed() {
        let good = TZifWriter(
            version: "2", times: [1000, 2000], types: [1, 0], offsets: [3600, 7200], footer: "CET-1")
        let faults: [(String, (inout TZifWriter) -> Void)] = [
            ("its changes are not in order", { $0.times = [2000, 1000] }),
            ("its changes are not in order", { $0.times = [1000, 1000] }),
            ("a change names a type that is not there", { $0.types = [1, 2] }),
            (
                "it has no types",
                {
                    $0.times = []
                    $0.types = []
                    $0.offsets = []
                }
            ),
            ("an offset is over 26 hours", { $0.offsets = [3600, 93_600] }),
            ("an offset is over 26 hours", { $0.offsets = [Int32.min, 0] }),
            ("a type is neither standard nor daylight saving time", { $0.daylight = 2 }),
            ("a type names an abbreviation that is not there", { $0.abbreviation = 9 }),
            ("it counts leap seconds", { $0.leapCount = 1 }),
            ("it ends within its table", { $0.claimedTimes = 2_000_000_000 }),
            ("its counts disagree", { $0.standardCount = 1 }),
            ("its footer is not a POSIX TZ rule", { $0.footer = "CET-1CEST" }),
            ("it has no footer", { $0.footer = nil }),
        ]
        for (reason, spoil) in faults {
            var file = good
            spoil(&file)
            #expect(throws: TimeZoneFailure.corrupt("X", reason: reason), "\(reason)") {
                try TimeZoneRules(name: "X", tzif: file.bytes)
            }
        }
    }

    @Test func aFileCutAnywhereIsAnErrorAndNeverACrash() throws {
        let bytes = Array(try Data(contentsOf: URL(filePath: "\(systemZones.directory)/Europe/Berlin")))
        for length in 0..<bytes.count {
            #expect(throws: TimeZoneFailure.self, "cut at \(length)") {
                try TimeZoneRules(name: "X", tzif: Array(bytes[..<length]))
            }
        }
        #expect(try TimeZoneRules(name: "X", tzif: bytes).offset(at: at("2026-07-01T00:00:00Z")) == 7200)
    }

    @Test func randomlySpoiltFilesAreErrorsOrUsableRules() throws {
        var generator = SeededGenerator(for: "randomlySpoiltFilesAreErrorsOrUsableRules")
        let sources = try ["Europe/Dublin", "Africa/Casablanca", "Asia/Gaza", "UTC"].map {
            Array(try Data(contentsOf: URL(filePath: "\(systemZones.directory)/\($0)")))
        }
        let schedule = Schedule(name: "s", week: [try entry("everyday", start: "02:30", stop: "03:30")])
        var usable = 0
        for _ in 0..<(Oracle.isTorture ? 200_000 : 6000) {
            var bytes = sources[Int.random(in: 0..<sources.count, using: &generator)]
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place =
                    Bool.random(using: &generator)
                    ? Int.random(in: 0..<min(60, bytes.count), using: &generator)
                    : Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            guard let rules = try? TimeZoneRules(name: "X", tzif: bytes) else { continue }  // refused, as it may be
            usable += 1
            for seconds in [Int64.min / 2, -5_000_000_000, 0, 1_774_746_000, 4_102_444_800, Int64.max / 2] {
                let span = rules.span(at: seconds)
                #expect(span.contains(seconds) && abs(span.offset) <= 93_599, "seed \(generator.seed)")
            }
            let compiled = CompiledSchedule(schedule, in: rules)
            let from = Instant(seconds: 1_774_000_000)
            let all = compiled.transitions(from: from, until: from + 20 * 86_400)
            #expect(all == all.sorted(), "seed \(generator.seed)")
        }
        #expect(usable > 100)
    }
}

/// Writes a small TZif file, also a wrong one.
struct TZifWriter {
    var version: Character
    var times: [Int64]
    var types: [UInt8]
    var offsets: [Int32]
    /// Without newlines; nil leaves the whole footer out.
    var footer: String?
    var daylight: UInt8 = 0
    var abbreviation: UInt8 = 0
    var leapCount = 0
    var standardCount = 0
    /// What the header claims instead of the number of times there are.
    var claimedTimes: Int?

    init(version: Character, times: [Int64], types: [UInt8], offsets: [Int32], footer: String?) {
        self.version = version
        self.times = times
        self.types = types
        self.offsets = offsets
        self.footer = footer
    }

    var bytes: [UInt8] {
        guard version != "\0" else { return block(width: 4) }
        // The first block of a new file may say nothing at all (zic -b slim).
        var empty = TZifWriter(version: version, times: [], types: [], offsets: [0], footer: nil)
        empty.abbreviation = 0
        return empty.block(width: 4) + block(width: 8) + Array((footer.map { "\n\($0)\n" } ?? "").utf8)
    }

    private func block(width: Int) -> [UInt8] {
        var bytes = Array("TZif".utf8) + [version.asciiValue ?? 0] + [UInt8](repeating: 0, count: 15)
        for count in [0, standardCount, leapCount, claimedTimes ?? times.count, offsets.count, 4] {
            bytes += bigEndian(Int64(count), 4)
        }
        for time in times { bytes += bigEndian(time, width) }
        bytes += types
        for offset in offsets { bytes += bigEndian(Int64(offset), 4) + [daylight, abbreviation] }
        return bytes + Array("XXX\0".utf8) + [UInt8](repeating: 0, count: leapCount * (width + 4) + standardCount)
    }

    private func bigEndian(_ number: Int64, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: number >> Int64(8 * (width - 1 - $0))) }
    }
}
