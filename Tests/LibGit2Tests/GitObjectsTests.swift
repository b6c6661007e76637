import FleetTestSupport
import Foundation
import LibGit2
import Testing

@Suite struct GitObjectsTests {
    @Test func idsAreReadAndWrittenAsHex() throws {
        let hex = "0123456789abcdef0123456789abcdef01234567"
        let id = try #require(ObjectID(hex: hex))
        #expect(id.hex == hex)
        #expect("\(id)" == hex)
        #expect(ObjectID(hex: hex.uppercased()) == id)
    }

    @Test(arguments: [
        "", "0123", String(repeating: "g", count: 40), String(repeating: "1", count: 41),
        "0x" + String(repeating: "1", count: 38),
    ])
    func otherTextsAreNoIds(text: String) {
        #expect(ObjectID(hex: text) == nil)
    }

    @Test func idsAreOrderedAsTheirDigits() throws {
        let texts = [
            "0000000000000000000000000000000000000001", "00000000000000000000000100000000ffffffff",
            "f000000000000000000000000000000000000000",
        ]
        let ids = try texts.map { try #require(ObjectID(hex: $0)) }
        #expect(ids.shuffled().sorted().map(\.hex) == texts)
    }

    @Test func branchTagAnnotatedTagAndIdsResolveToTheirCommit() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            let first = try await fixture.commit(["a": "1"])
            try await fixture.git("tag light")
            try await fixture.git("tag -a annotated -m words")
            try await fixture.git("tag -a nested -m words annotated")
            let second = try await fixture.commit(["a": "2"])
            try await fixture.git("branch feature/x")
            let repository = try await GitRepository.open(folder.path)
            for name in ["light", "annotated", "nested", "refs/tags/light", first, String(first.prefix(7))] {
                #expect(try await repository.resolve(name).id.hex == first, "\(name)")
            }
            for name in ["main", "feature/x", "refs/heads/main", second.uppercased(), String(second.prefix(12))] {
                #expect(try await repository.resolve(name).id.hex == second, "\(name)")
            }
            #expect(try await repository.branchesAndTags() == ["annotated", "feature/x", "light", "main", "nested"])
        }
    }

    @Test func branchWinsOverTagOfTheSameName() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            try await fixture.commit(["a": "1"])
            try await fixture.git("tag both")
            let second = try await fixture.commit(["a": "2"])
            try await fixture.git("branch both")
            #expect(try await GitRepository.open(folder.path).resolve("both").id.hex == second)
        }
    }

    @Test(arguments: [
        "nope", "", "main~1", "HEAD@{1}", ":/change", "../x", "refs/heads/nope", "abc", "0000000", "a b", "x..y", "-",
    ])
    func otherNamesAreNotFound(name: String) async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            try await fixture.commit(["a": "1"])
            try await fixture.commit(["a": "2"])
            let repository = try await GitRepository.open(folder.path)
            let error = await #expect(throws: GitError.self) { try await repository.resolve(name) }
            #expect(error?.code == .notFound)
            #expect(error?.description == "could not find '\(name)': there is no branch, tag or commit of this name")
        }
    }

    @Test func tagOfABlobIsNoCommit() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            try await fixture.commit(["a": "1"])
            try await fixture.git("tag blob HEAD:a")
            let repository = try await GitRepository.open(folder.path)
            let error = await #expect(throws: GitError.self) { try await repository.resolve("blob") }
            #expect(error?.code == .invalid)
        }
    }

    @Test func treeListsWhatGitListsWithModesAndSizes() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            try fixture.folder.write("#!/bin/sh", to: "bin/run")
            try await succeed(["chmod", "755", folder.path + "/bin/run"])
            try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: "bin/run")
            try await fixture.commit(["a.txt": "one", "a-b/c": "", "a/ü.txt": "umlaut", "z": "z"])
            let head = try await fixture.git("rev-parse HEAD")
            let repository = try await GitRepository.open(folder.path)
            let entries = try await repository.tree(#require(ObjectID(hex: head)), sizes: true)
            #expect(entries.map(\.pathText) == ["a-b/c", "a.txt", "a/ü.txt", "bin/run", "link", "z"])
            #expect(entries.map(\.kind) == [.file, .file, .file, .executable, .symbolicLink, .file])
            #expect(entries.map(\.size) == [0, 3, 6, 9, 7, 1])
            let witness = try await fixture.git("ls-tree -r --format=%(objectname) HEAD").split(separator: "\n")
            #expect(Set(entries.map(\.id.hex)) == Set(witness.map(String.init)))
        }
    }

    @Test func submoduleIsListedAndNotEntered() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            let id = try await fixture.commit(["a": "1"])
            try await fixture.git("update-index --add --cacheinfo 160000,\(id),vendor/lib")
            try await fixture.git("commit -q -m submodule")
            let head = try await GitRepository.open(folder.path).head()
            let entries = try await GitRepository.open(folder.path).tree(#require(head.commit).id, sizes: true)
            #expect(entries.map(\.pathText) == ["a", "vendor/lib"])
            #expect(entries[1].kind == .submodule)
            #expect(entries[1].id.hex == id)
            #expect(entries[1].size == nil)
        }
    }

    @Test func treeBeyondTheLimitIsRefused() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            let id = try await fixture.commit(Dictionary(uniqueKeysWithValues: (0..<20).map { ("f\($0)/x", "\($0)") }))
            let repository = try await GitRepository.open(folder.path)
            let error = await #expect(throws: GitError.self) {
                try await repository.tree(#require(ObjectID(hex: id)), limit: 10)
            }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test func blobIsReadRawUpToTheLimit() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            try await fixture.commit(["crlf.txt": "a\r\nb\r\n", ".gitattributes": "* -text\n"])
            let repository = try await GitRepository.open(folder.path)
            let id = try #require(ObjectID(hex: try await fixture.git("rev-parse HEAD:crlf.txt")))
            #expect(try await repository.blob(id, limit: 6) == Array("a\r\nb\r\n".utf8))
            let error = await #expect(throws: GitError.self) { try await repository.blob(id, limit: 5) }
            #expect(error?.code == .tooLarge)
        }
    }

    @Test func blobsKeepTheirOrderAndLeaveOutWhatIsNotWanted() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            try await fixture.commit(["a": "short", "b": String(repeating: "long", count: 100), "c": "other"])
            let repository = try await GitRepository.open(folder.path)
            var ids: [ObjectID] = []
            for name in ["c", "b", "a"] {
                ids.append(try #require(ObjectID(hex: try await fixture.git("rev-parse HEAD:\(name)"))))
            }
            let blobs = try await repository.blobs(ids, limit: 50) { $0.first == UInt8(ascii: "o") }
            #expect(blobs == [Array("other".utf8), nil, nil])
        }
    }

    @Test func missingBlobIsNotFound() async throws {
        try await withTemporaryDirectory { folder in
            _ = try await GitFixture(folder)
            let repository = try await GitRepository.open(folder.path)
            let id = try #require(ObjectID(hex: String(repeating: "ab", count: 20)))
            let error = await #expect(throws: GitError.self) { try await repository.blob(id, limit: 50) }
            #expect(error?.code == .notFound)
        }
    }

    @Test func damagedObjectIsCorrupt() async throws {
        try await withTemporaryDirectory { folder in
            let fixture = try await GitFixture(folder)
            try await fixture.commit(["a": "1"])
            let hex = try await fixture.git("rev-parse HEAD:a")
            let file = folder.appending(path: ".git/objects/\(hex.prefix(2))/\(hex.dropFirst(2))")
            try await succeed(["chmod", "u+w", file.path])
            try Data("garbage".utf8).write(to: file)
            let repository = try await GitRepository.open(folder.path)
            let error = await #expect(throws: GitError.self) {
                try await repository.blob(#require(ObjectID(hex: hex)), limit: 50)
            }
            #expect(error?.code == .corrupt)
            #expect(error?.suggestsDamage == true)
        }
    }

    @Test func errorsTextNamesOperationSubjectAndReason() async throws {
        try await withTemporaryDirectory { folder in
            let error = await #expect(throws: GitError.self) { try await GitRepository.open(folder.path + "/none") }
            let text = try #require(error?.description)
            #expect(text.hasPrefix("could not open the repository \(folder.path)/none: failed to resolve path"))
            #expect(error?.number == -3)
        }
    }
}
