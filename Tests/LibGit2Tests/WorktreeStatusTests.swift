import FleetTestSupport
import Foundation
import LibGit2
import Testing

@Suite struct WorktreeStatusTests {
    private func status(
        limit: Int = 100, under folders: [String] = [], _ change: (GitFixture) async throws -> Void
    ) async throws -> WorktreeStatus {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            try await fixture.commit(["a.txt": "one", "dir/b.txt": "two", ".gitignore": "*.log\n"])
            try await change(fixture)
            return try await GitRepository.open(folder.path).status(limit: limit, under: folders)
        }
    }

    @Test func untouchedFolderIsClean() async throws {
        let status = try await status { _ in }
        #expect(status.isClean)
        #expect(status.changedPaths == [])
    }

    @Test func stagedModifiedDeletedAndUntrackedFilesAreDirty() async throws {
        let status = try await status { fixture in
            try fixture.folder.write("staged", to: "staged.txt")
            try await fixture.git("add staged.txt")
            try fixture.folder.write("changed", to: "a.txt")
            try FileManager.default.removeItem(at: fixture.folder.appending(path: "dir/b.txt"))
            try fixture.folder.write("new", to: "new.txt")
            try fixture.folder.write("new", to: "newdir/x/y.txt")
        }
        #expect(status.changedPaths == ["a.txt", "dir/b.txt", "new.txt", "newdir/", "staged.txt"])
        #expect(!status.isTruncated)
    }

    @Test func ignoredFilesAreClean() async throws {
        let status = try await status { try $0.folder.write("noise", to: "noise.log") }
        #expect(status.isClean)
    }

    @Test func listingStopsAtTheLimit() async throws {
        let status = try await status(limit: 3) { fixture in
            for index in 0..<10 { try fixture.folder.write("x", to: "new\(index)") }
        }
        #expect(status.changedPaths.count == 3)
        #expect(status.isTruncated)
        #expect(!status.isClean)
    }

    @Test func foldersNarrowTheLook() async throws {
        let status = try await status(under: ["dir"]) { fixture in
            try fixture.folder.write("changed", to: "a.txt")
            try fixture.folder.write("changed", to: "dir/b.txt")
        }
        #expect(status.changedPaths == ["dir/b.txt"])
    }

    @Test func foldersAreNotPatterns() async throws {
        let status = try await status(under: ["*"]) { try $0.folder.write("changed", to: "a.txt") }
        #expect(status.isClean)
    }

    @Test func noFilterProgramRuns() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder.appending(path: "repository"))
            let witness = folder.path + "/filter-ran"
            try await fixture.commit(["a.txt": "one"])
            try await fixture.git(["config", "filter.evil.clean", "touch \(witness)"])
            try await fixture.git(["config", "core.fsmonitor", "touch \(witness)"])
            try fixture.folder.write("* filter=evil\n", to: ".gitattributes")
            try fixture.folder.write("two", to: "a.txt")
            let status = try await GitRepository.open(fixture.folder.path).status()
            #expect(status.changedPaths == [".gitattributes", "a.txt"])
            #expect(!FileManager.default.fileExists(atPath: witness))
        }
    }
}
