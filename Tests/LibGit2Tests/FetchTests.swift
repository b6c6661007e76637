import FleetTestSupport
import Foundation
import LibGit2
import Synchronization
import Testing

@Suite struct FetchTests {
    /// A folder with a repository `upstream` of one commit, and the path of a cache beside it.
    private func withUpstream<Result>(
        _ body: (_ upstream: GitFixture, _ cache: String) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { folder in
            let upstream = try await GitFixture(folder.appending(path: "upstream"))
            try await upstream.commit(["a.txt": "one"])
            return try await body(upstream, folder.path + "/cache.git")
        }
    }

    private func references(_ path: String) async throws -> [String: String] {
        let listing = try await succeed(
            ["git", "for-each-ref", "--format=%(refname) %(objectname)"], environment: GitFixture.environment,
            in: URL(filePath: path))
        return Dictionary(
            uniqueKeysWithValues: listing.split(separator: "\n").map { line in
                let words = line.split(separator: " ").map(String.init)
                return (words[0], words[1])
            })
    }

    @Test func branchesAndTagsArriveUnderTheirOwnNames() async throws {
        try await withUpstream { upstream, cache in
            try await upstream.git("tag v1")
            try await upstream.git("tag -a v2 -m words")
            try await upstream.git("branch feature/x")
            let repository = try await GitRepository.openOrCreateBare(cache)
            try await repository.fetch("file://" + upstream.folder.path)
            #expect(try await references(cache) == references(upstream.folder.path))
            try await succeed(
                ["git", "fsck", "--strict"], environment: GitFixture.environment, in: URL(filePath: cache))
            #expect(try await repository.resolve("v2").id == repository.resolve("main").id)
        }
    }

    @Test func forcedBranchMovedTagAndRemovedBranchFollow() async throws {
        try await withUpstream { upstream, cache in
            try await upstream.git("branch gone")
            try await upstream.git("tag moved")
            try await upstream.git("tag gone-too")
            let repository = try await GitRepository.openOrCreateBare(cache)
            let url = "file://" + upstream.folder.path
            try await repository.fetch(url)
            let old = try await repository.resolve("main")
            try await upstream.git("checkout -q --orphan fresh")
            try await upstream.commit(["other": "history"])
            try await upstream.git("branch -f main")
            try await upstream.git("branch -D gone")
            try await upstream.git("tag -f moved")
            try await upstream.git("tag -d gone-too")
            try await repository.fetch(url)
            #expect(try await references(cache) == references(upstream.folder.path))
            // What nothing names any more is still there: last good versions are read from it.
            #expect(try await repository.commit(old.id) == old)
        }
    }

    @Test func branchThatBecameAFolderOfBranchesFollows() async throws {
        try await withUpstream { upstream, cache in
            try await upstream.git("branch topic")
            let repository = try await GitRepository.openOrCreateBare(cache)
            let url = "file://" + upstream.folder.path
            try await repository.fetch(url)
            try await upstream.git("branch -D topic")
            try await upstream.git("branch topic/one")
            try await repository.fetch(url)
            #expect(try await repository.branchesAndTags() == ["main", "topic/one"])
        }
    }

    @Test func fetchOfAnEmptyRepositoryLeavesNothing() async throws {
        try await withTemporaryDirectory { folder in
            let upstream = try await GitFixture(folder.appending(path: "upstream"))
            let repository = try await GitRepository.openOrCreateBare(folder.path + "/cache.git")
            try await repository.fetch("file://" + upstream.folder.path)
            #expect(try await repository.branchesAndTags() == [])
        }
    }

    @Test func missingRepositoryIsNotFoundWithAHint() async throws {
        try await withTemporaryDirectory { folder in
            let repository = try await GitRepository.openOrCreateBare(folder.path + "/cache.git")
            let error = await #expect(throws: GitError.self) {
                try await repository.fetch("file://\(folder.path)/none.git")
            }
            #expect(error?.code == .notFound)
            #expect(error?.hint == "check the URL; a private repository may need auth to be seen")
        }
    }

    @Test func progressEndsWithAllObjects() async throws {
        try await withUpstream { upstream, cache in
            try await upstream.commit(Dictionary(uniqueKeysWithValues: (0..<300).map { ("f\($0)", "content \($0)") }))
            let seen = Mutex<[FetchProgress]>([])
            let repository = try await GitRepository.openOrCreateBare(cache)
            try await repository.fetch("file://" + upstream.folder.path) { progress in
                seen.withLock { $0.append(progress) }
            }
            let last = try #require(seen.withLock { $0.last })
            let count = try await upstream.git("rev-list --objects --all").split(separator: "\n").count
            #expect(last.totalObjects == count)
            #expect(last.receivedObjects == count)
            #expect(last.indexedObjects == count)
            #expect(last.receivedBytes > 0)
        }
    }

    @Test func insteadOfOfTheUsersConfigurationIsPassedOver() async throws {
        try await withUpstream { upstream, cache in
            let repository = try await GitRepository.openOrCreateBare(cache)
            try await succeed(
                ["git", "config", "url.file:///nonexistent/.insteadOf", "file:///"],
                environment: GitFixture.environment, in: URL(filePath: cache))
            try await repository.fetch("file://" + upstream.folder.path)
            #expect(try await repository.branchesAndTags() == ["main"])
        }
    }

    @Test func hooksOfTheCacheDoNotRun() async throws {
        try await withUpstream { upstream, cache in
            let repository = try await GitRepository.openOrCreateBare(cache)
            let witness = cache + "/hook-ran"
            for hook in ["reference-transaction", "post-update", "post-checkout", "post-merge"] {
                let file = try URL(filePath: cache).write("#!/bin/sh\ntouch \(witness)\n", to: "hooks/\(hook)")
                try await succeed(["chmod", "755", file.path])
            }
            try await repository.fetch("file://" + upstream.folder.path)
            #expect(try await repository.branchesAndTags() == ["main"])
            #expect(!FileManager.default.fileExists(atPath: witness))
        }
    }

    @Test func cancelledTaskEndsTheFetch() async throws {
        try await withTemporaryDirectory { folder in
            try await GitServer.with(.silent, over: folder) { server in
                let repository = try await GitRepository.openOrCreateBare(folder.path + "/cache.git")
                let task = Task { () -> GitError? in
                    do throws(GitError) {
                        try await repository.fetch(server.url + "/upstream")
                        return nil
                    } catch {
                        return error
                    }
                }
                try await Task.sleep(for: .milliseconds(200))
                let began = ContinuousClock.now
                task.cancel()
                let error = await task.value
                #expect(error?.code == .cancelled)
                #expect(ContinuousClock.now - began < .seconds(5))
            }
        }
    }

    @Test func fetchByACancelledTaskDoesNotBegin() async throws {
        try await withUpstream { upstream, cache in
            let repository = try await GitRepository.openOrCreateBare(cache)
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await repository.fetch("file://" + upstream.folder.path)
            }
            let error = await #expect(throws: GitError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            #expect(try await repository.branchesAndTags() == [])
        }
    }
}
