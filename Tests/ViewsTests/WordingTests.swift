import FleetModel
import Testing

@testable import Views

@Suite struct WordingTests {
    @Test(arguments: [
        (0.0, "0"), (150, "150"), (12.5, "12.5"), (0.333, "0.33"), (-0.25, "-0.25"), (-3, "-3"), (1.999, "2"),
        (0.05, "0.05"), (.nan, "?"),
        (1e300, "?"),
    ])
    func figuresHaveTwoDecimalsAtMost(value: Double, expected: String) { #expect(Wording.figure(value) == expected) }

    @Test(arguments: [
        (0.0, "$0.00"), (8.892, "$8.89"), (-2.05, "-$2.05"), (1234.5, "$1234.50"), (-0.001, "$0.00"), (.infinity, "?"),
    ])
    func dollarsHaveTwoDecimals(value: Double, expected: String) { #expect(Wording.dollars(value) == expected) }

    @Test func listsAndCountsAreEnglish() {
        #expect(Wording.list([]) == "" && Wording.list(["a"]) == "a" && Wording.list(["a", "b", "c"]) == "a, b and c")
        #expect(Wording.count(1, "error") == "1 error" && Wording.count(0, "duty", "duties") == "0 duties")
    }

    @Test(arguments: [
        (-5, "0s"), (0, "0s"), (59, "59s"), (60, "1m"), (3_599, "59m"), (3_600, "1h"), (11_520, "3h12m"),
        (172_799, "47h59m"),
        (172_800, "2d"), (442_800, "5d3h"), (8_640_000, "100d"),
    ])
    func spansTakeTwoUnitsAtMost(seconds: Int, expected: String) { #expect(Spans.text(seconds: seconds) == expected) }

    @Test func momentsAreRelativeToNow() {
        #expect(Spans.relative(Samples.now, to: Samples.now) == "now")
        #expect(Spans.relative(Samples.now - 720, to: Samples.now) == "12m ago")
        #expect(Spans.relative(Samples.now + 720, to: Samples.now) == "in 12m")
        #expect(Spans.minute(Samples.now) == "2026-11-23 07:00")
    }

    @Test(arguments: [
        (0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (12_800, "12.5 KiB"), (3_145_728, "3 MiB"),
        (Int.max, "8388608 TiB"),
    ])
    func sizesAreInBinaryUnits(bytes: Int, expected: String) { #expect(ObjectRow.text(bytes: bytes) == expected) }
}
