import FleetTestSupport
import Foundation
import Testing

/// What tests are written with: golden texts, seeds, folders, waiting.
@Suite struct ExpectationTests {
    @Test func differenceShowsChangedLinesAndTwoAround() {
        let old = (1...9).map { "line \($0)" }.joined(separator: "\n")
        let new = old.replacing("line 5", with: "line five")
        #expect(
            lineDifference(old, new) == """
                  …
                  line 3
                  line 4
                - line 5
                + line five
                  line 6
                  line 7
                """)
        #expect(lineDifference(old, old).isEmpty)
    }

    @Test func goldenIsMissedThenWrittenThenMetThenDiffers() async throws {
        try await withTemporaryDirectory { folder in
            func problem(_ text: String, update: Bool = false) throws -> String? {
                try goldenProblem(text, "case", in: folder, update: update)
            }
            let missing = try problem("one\ntwo\n")
            let written = try problem("one\ntwo\n", update: true)
            let met = try problem("one\ntwo\n")
            let different = try problem("one\ntwo changed\n")
            #expect(missing?.contains("UPDATE_GOLDEN=1 writes it") == true)
            #expect(written?.contains("is rewritten") == true)
            #expect(met == nil)
            #expect(different?.contains("- two\n+ two changed") == true)
        }
    }

    @Test func sameSeedGivesTheSameNumbersAsTheAlgorithmsAuthors() {
        var one = SeededGenerator(seed: 1_234_567)
        // The reference implementation's first outputs for this seed (Vigna, splitmix64.c).
        #expect(
            [one.next(), one.next(), one.next()] == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }

    @Test func temporaryFolderIsGoneAfterItsBodyEvenWhenThatThrows() async throws {
        struct Stop: Error {}
        var path = ""
        await #expect(throws: Stop.self) {
            try await withTemporaryDirectory { folder in
                path = folder.path
                try folder.write("text", to: "a/b.txt")
                #expect(FileManager.default.fileExists(atPath: folder.appending(path: "a/b.txt").path))
                throw Stop()
            }
        }
        #expect(!path.isEmpty && !FileManager.default.fileExists(atPath: path))
    }

    @Test func waitingEndsWhenTheConditionHoldsOrTheTimeIsOver() async throws {
        var looks = 0
        try await waitUntil("three looks", every: .milliseconds(1)) {
            looks += 1
            return looks == 3
        }
        #expect(looks == 3)
        let failure = await #expect(throws: WaitFailure.self) {
            try await waitUntil("the end of days", timeout: .milliseconds(30)) { false }
        }
        #expect(failure?.description.contains("the end of days") == true)
    }
}
