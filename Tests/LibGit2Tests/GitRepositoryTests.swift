import FleetTestSupport
import Foundation
import LibGit2
import Testing

@Suite struct GitRepositoryTests {
    @Test func headIsTheCommitThatGitMade() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            let id = try await fixture.commit(["a.txt": "one"], message: "Subject line\n\nBody ü.")
            let repository = try await GitRepository.open(folder.path)
            let head = try await repository.head()
            let commit = try #require(head.commit)
            #expect(head.branch == "main")
            #expect(commit.id.hex == id)
            #expect(commit.tree.hex == (try await fixture.git("rev-parse HEAD^{tree}")))
            #expect(commit.author.name == "Anna Ä")
            #expect(commit.author.email == "anna@example.com")
            #expect(commit.author.seconds == 1_774_740_600)
            #expect(commit.author.offsetMinutes == 120)
            #expect(commit.committer.name == "Carl")
            #expect(commit.message == "Subject line\n\nBody ü.\n")
            #expect(commit.summary == "Subject line")
            #expect(repository.workFolder == folder.path)
            #expect(repository.path == folder.path + "/.git")
        }
    }

    @Test func headOfARepositoryWithoutCommitsHasABranchAndNoCommit() async throws {
        try await withTemporaryDirectory { folder in
            _ = try await GitFixture(folder)
            let head = try await GitRepository.open(folder.path).head()
            #expect(head.branch == "main")
            #expect(head.commit == nil)
        }
    }

    @Test func detachedHeadHasACommitAndNoBranch() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            let id = try await fixture.commit(["a": "1"])
            try await fixture.git("checkout -q --detach")
            let head = try await GitRepository.open(folder.path).head()
            #expect(head.branch == nil)
            #expect(head.commit?.id.hex == id)
        }
    }

    @Test func repositoryIsDiscoveredFromAFolderInside() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            try await fixture.commit(["deep/er/file": "x"])
            let repository = try await GitRepository.discover(from: folder.path + "/deep/er")
            #expect(repository?.workFolder == folder.path)
        }
    }

    @Test func discoveryOutsideOfAnyRepositoryIsNil() async throws {
        try await withTemporaryDirectory { folder in
            let repository = try await GitRepository.discover(from: folder.path)
            #expect(repository == nil)
        }
    }

    @Test func openingAFolderInsideARepositoryIsNotFound() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            try await fixture.commit(["deep/file": "x"])
            let error = await #expect(throws: GitError.self) { try await GitRepository.open(folder.path + "/deep") }
            #expect(error?.code == .notFound)
            #expect(error?.operation == "open the repository")
            #expect(error?.subject == folder.path + "/deep")
        }
    }

    @Test func folderOfAnotherUserIsRefusedWithTheCommandThatTrustsIt() async throws {
        try #require(geteuid() == 0, "needs root to give a folder away")
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            try await fixture.commit(["a": "1"])
            try await succeed(["chown", "-R", "nobody", folder.path])
            let error = await #expect(throws: GitError.self) { try await GitRepository.open(folder.path) }
            #expect(error?.code == .notOwned)
            #expect(error?.hint?.hasSuffix("git config --global --add safe.directory \(folder.path)") == true)
        }
    }

    @Test func bareRepositoryIsCreatedAndThenOpened() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.path + "/new/cache.git"
            let first = try await GitRepository.openOrCreateBare(path)
            #expect(first.path == path)
            #expect(first.workFolder == nil)
            let second = try await GitRepository.openOrCreateBare(path)
            #expect(second.path == path)
            #expect(try await second.branchesAndTags() == [])
            let isBare = try await succeed(
                ["git", "rev-parse", "--is-bare-repository"], environment: GitFixture.environment,
                in: URL(filePath: path))
            #expect(isBare == "true\n")
        }
    }

    @Test func ancestryIsGitsOwn() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            let ids = try await [
                fixture.commit(["a": "1"]), fixture.commit(["a": "2"]), fixture.commit(["a": "3"]),
            ].map { try #require(ObjectID(hex: $0)) }
            try await fixture.git("checkout -q -b side \(ids[0])")
            let side = try #require(ObjectID(hex: try await fixture.commit(["b": "1"])))
            let repository = try await GitRepository.open(folder.path)
            #expect(try await repository.isAncestor(ids[0], of: ids[2]))
            #expect(try await !repository.isAncestor(ids[2], of: ids[0]))
            #expect(try await repository.isAncestor(ids[1], of: ids[1]))
            #expect(try await !repository.isAncestor(side, of: ids[2]))
            #expect(try await repository.isAncestor(ids[0], of: side))
        }
    }

    @Test func ancestryOfAnUnknownCommitIsNotFound() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            let known = try #require(ObjectID(hex: try await fixture.commit(["a": "1"])))
            let unknown = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
            let repository = try await GitRepository.open(folder.path)
            let error = await #expect(throws: GitError.self) { try await repository.isAncestor(unknown, of: known) }
            #expect(error?.code == .notFound)
            #expect(error?.subject == unknown.hex)
        }
    }

    @Test func manyRepositoriesAreReadAtOnce() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            let id = try await fixture.commit(["a": "1"])
            try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<16 {
                    group.addTask { try await GitRepository.open(folder.path).head().commit?.id.hex }
                }
                for try await found in group { #expect(found == id) }
            }
        }
    }
}
