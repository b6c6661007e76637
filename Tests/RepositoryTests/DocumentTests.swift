import FleetTestSupport
import Foundation
import Testing

/// The pages of this repository, and what no file of it may hold.
@Suite struct DocumentTests {
    @Test func changelogBeginsWithWhatIsUnreleased() throws {
        let headings = try RepositoryFiles.lines("CHANGELOG.md").filter { $0.hasPrefix("## ") }
        #expect(headings.first?.contains("Unreleased") == true)
    }

    @Test(arguments: [("README.md", 150), ("CONTRIBUTING.md", 80)])
    func pageIsShortEnoughToBeRead(path: String, limit: Int) throws {
        #expect(try RepositoryFiles.lines(path).count - 1 <= limit)
    }

    @Test func readmeNamesTheTwoCommandsOfANewcomer() throws {
        let text = try RepositoryFiles.text("README.md")
        #expect(text.contains("make demo"))
        #expect(text.contains("make test"))
    }

    @Test func everyLinkOfAPageLeadsToAFile() async throws {
        var faults: [String] = []
        for path in try await RepositoryFiles.list().paths where path.hasSuffix(".md") {
            let folder = repositoryRoot.appending(path: path).deletingLastPathComponent()
            for match in try RepositoryFiles.text(path).matches(of: #/\]\(([^)\s#]+)(?:#[^)]*)?\)/#) {
                let target = String(match.1)
                guard !target.contains(":") else { continue }  // elsewhere
                if !FileManager.default.fileExists(atPath: folder.appending(path: target).path) {
                    faults.append("\(path): \(target)")
                }
            }
        }
        #expect(faults.isEmpty, "\(list(faults))")
    }

    @Test func noFileHoldsAPathOfItsMakersMachineOrAPackageRegistry() async throws {
        // Written in pieces, so that this file is not at fault itself.
        let places = ["/wo" + "rk/", "/ro" + "ot/", "/tmp/" + "rooms"]
        let registries = [
            "npmjs" + ".org", "pypi" + ".org", "python" + "hosted.org", "crates" + ".io", "golang" + ".org",
            "deb.debian" + ".org", "archive.ubuntu" + ".com", "yarnpkg" + ".com",
        ]
        var faults: [String] = []
        for path in try await RepositoryFiles.list().paths {
            for (index, line) in try RepositoryFiles.lines(path).enumerated() {
                let startsPlace = places.contains { place in
                    line.ranges(of: place).contains { range in
                        // Inside a longer path it is another's folder: ~/work/, or a URL's.
                        range.lowerBound == line.startIndex
                            || !line[line.index(before: range.lowerBound)].isPartOfPath
                    }
                }
                if startsPlace || registries.contains(where: line.contains) { faults.append("\(path):\(index + 1)") }
            }
        }
        #expect(faults.isEmpty, "\(list(faults))")
    }

    @Test func noFileHoldsAKeyThatLooksReal() async throws {
        let key = #/-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+\/=]{40}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/#
        let known = ["AKIASANDBOX000000000"]  // scripts/sandbox, for moto; AWS's own examples say so themselves
        var faults: [String] = []
        for path in try await RepositoryFiles.list().paths where !path.hasSuffix(".golden") {
            for match in try RepositoryFiles.text(path).matches(of: key)
            where !known.contains(String(match.0)) && !match.0.hasSuffix("EXAMPLE") {
                faults.append("\(path): \(match.0)")
            }
        }
        #expect(faults.isEmpty, "\(list(faults))")
    }
}

extension Character {
    fileprivate var isPartOfPath: Bool { isLetter || isNumber || "._-~}$".contains(self) }
}
