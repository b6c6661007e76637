import Diagnostics
import FleetFiles
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// What lies in a repository's folders, right and wrong, besides the text of files.
@Suite struct FolderTests {
    private static let good = Array("name: other\nuser: anna@example.com\nbot: b\n".utf8)

    /// What is said about the small fleet with something more in its folder.
    private func messages(_ prepare: (URL) throws -> Void) async throws -> [String] {
        try await FleetFolder.small.load(prepare).diagnostics.map(\.description)
    }

    private func link(_ path: String, to target: String, in folder: URL) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: target)
    }

    @Test func linkThatLeavesTheRepositoryIsAnError() async throws {
        let found = try await messages { folder in
            try link("fleet/deployments/a.yaml", to: "/etc/passwd", in: folder)
            try link("bots/b.yaml", to: "../../../../../../etc/hostname", in: folder)
            try link("schedules/out", to: "/etc", in: folder)
        }
        let words = "error: this symbolic link leaves the repository; put the file itself here"
        #expect(
            found == [
                "bots/b.yaml:1:1: \(words)", "fleet/deployments/a.yaml:1:1: \(words)", "schedules/out:1:1: \(words)",
            ])
    }

    @Test func linkToASiblingThatOnlyBeginsAlikeLeavesTheRepository() async throws {
        let loaded = try await withTemporaryDirectory { parent in
            let folder = parent.appending(path: "fleet-repo")
            try FleetFolder.small.write(to: folder)
            try parent.write("name: x\n", to: "fleet-repo-2/x.yaml")
            try link("schedules/x.yaml", to: "../../fleet-repo-2/x.yaml", in: folder)
            return FleetFolder.load(folder)
        }
        #expect(
            loaded.diagnostics.map(\.message) == ["this symbolic link leaves the repository; put the file itself here"])
    }

    @Test func linkWithinTheRepositoryIsRead() async throws {
        let loaded = try await FleetFolder.small.load { folder in
            try Data(Self.good).write(to: folder.appending(path: "other.txt"))
            try link("fleet/deployments/other.yaml", to: "../../other.txt", in: folder)
            try folder.write("name: nights\nweek: [{days: mon, start: \"22:00\"}]\n", to: "shared/nights.yaml")
            try link("schedules/shared", to: "../shared", in: folder)
        }
        #expect(loaded.diagnostics.isEmpty)
        #expect(loaded.repository?.deployments.map(\.value.name) == ["other", "watch"])
        #expect(
            loaded.repository?.schedules.map(\.location.file) == [
                "schedules/office-hours.yaml", "schedules/shared/nights.yaml",
            ])
    }

    @Test func linksToNothingAndToThemselvesAreErrors() async throws {
        let found = try await messages { folder in
            try link("bots/a.yaml", to: "nowhere.yaml", in: folder)
            try link("bots/b.yaml", to: "b.yaml", in: folder)
            try link("bots/c.yaml", to: "d.yaml", in: folder)
            try link("bots/d.yaml", to: "c.yaml", in: folder)
        }
        #expect(
            found == [
                "bots/a.yaml:1:1: error: this symbolic link points to nothing ('nowhere.yaml')",
                "bots/b.yaml:1:1: error: this symbolic link leads back to itself",
                "bots/c.yaml:1:1: error: this symbolic link leads back to itself",
                "bots/d.yaml:1:1: error: this symbolic link leads back to itself",
            ])
    }

    @Test func loopsOfFoldersEnd() async throws {
        let found = try await messages { folder in
            try link("bots/up", to: "..", in: folder)
            try link("schedules/again", to: ".", in: folder)
            try link("schedules/more/again", to: "..", in: folder)
        }
        // `up` leads to the whole repository, in which every folder is met again: nothing is read twice.
        #expect(found.contains("schedules/again:1:1: error: this symbolic link leads to a folder that is read already"))
        #expect(
            found.contains("schedules/more/again:1:1: error: this symbolic link leads to a folder that is read already")
        )
        #expect(found.count < 40)
    }

    @Test func foldersAndPipesWithAFilesNameAreErrors() async throws {
        let found = try await messages { folder in
            let deployments = folder.appending(path: "fleet/deployments")
            try FileManager.default.createDirectory(
                at: deployments.appending(path: "a.yaml"), withIntermediateDirectories: true)
            #expect(mkfifo(deployments.appending(path: "b.yml").path, 0o600) == 0)
            #expect(mkfifo(deployments.appending(path: "not-ours").path, 0o600) == 0)
        }
        #expect(
            found == [
                "fleet/deployments/a.yaml:1:1: error: this is a folder; names that end in .yaml or .yml are for files",
                "fleet/deployments/b.yml:1:1: error: this is a pipe, not a file",
            ])
    }

    @Test func settingsThatAreAPipeOrAFolderAreErrors() async throws {
        let found = try await messages { folder in
            for name in ["regions", "users"] {
                try FileManager.default.removeItem(at: folder.appending(path: "fleet/\(name).yaml"))
            }
            #expect(mkfifo(folder.appending(path: "fleet/regions.yaml").path, 0o600) == 0)
            try FileManager.default.createDirectory(
                at: folder.appending(path: "fleet/users.yaml"), withIntermediateDirectories: true)
        }
        #expect(
            found == [
                "fleet/regions.yaml:1:1: error: this is a pipe, not a file",
                "fleet/users.yaml:1:1: error: this is a folder; names that end in .yaml or .yml are for files",
            ])
    }

    @Test func socketWithAFilesNameIsAnError() async throws {
        let found = try await messages { folder in
            let path = "fleet/deployments/s.yaml"
            let script = "import socket,os,sys\nos.chdir(sys.argv[1])\nsocket.socket(socket.AF_UNIX).bind('\(path)')\n"
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["python3", "-c", script, folder.path]
            try process.run()
            process.waitUntilExit()
        }
        #expect(found == ["fleet/deployments/s.yaml:1:1: error: this is a socket, not a file"])
    }

    @Test func fileOverFourMebibytesIsAnErrorAndOneOfFourIsRead() async throws {
        let limit = 4 * 1_048_576
        let comment = Self.good + Array("#".utf8)
        let full = comment + [UInt8](repeating: UInt8(ascii: "x"), count: limit - comment.count)
        #expect(try await FleetFolder.small.with("fleet/deployments/o.yaml", bytes: full).load().diagnostics.isEmpty)
        let over = try await FleetFolder.small.with("fleet/deployments/o.yaml", bytes: full + [10]).load().diagnostics
        #expect(over.map(\.description) == ["fleet/deployments/o.yaml:1:1: error: this file is over 4 MiB; split it"])
    }

    @Test func bothEndingsOfOneFileAreAnError() async throws {
        let found = try await messages { folder in
            try folder.write("name: x\n", to: "fleet/fleet.yml")
            try folder.write("[]\n", to: "fleet/users.yml")
        }
        #expect(
            found == [
                "fleet/fleet.yml:1:1: error: fleet/fleet.yaml is there as well; keep one of the two",
                "fleet/users.yml:1:1: error: fleet/users.yaml is there as well; keep one of the two",
            ])
    }

    @Test func otherEndingIsReadToo() async throws {
        var folder = FleetFolder.small
        for (path, bytes) in FleetFolder.small.files {
            folder.files[path] = nil
            folder.files[path.replacing(".yaml", with: ".yml")] = bytes
        }
        let loaded = try await folder.load()
        #expect(loaded.diagnostics.isEmpty)
        #expect(loaded.repository?.deployments.count == 1 && loaded.repository?.regions.count == 2)
    }

    @Test func hiddenFilesAreNotReadAndSubfoldersAre() async throws {
        let loaded = try await FleetFolder.small
            .with("fleet/deployments/.draft.yaml", "nonsense: [\n").with("fleet/deployments/.git/x.yaml", "[")
            .with("fleet/deployments/team/a/other.yaml", String(decoding: Self.good, as: UTF8.self))
            .with("fleet/deployments/notes.txt", "[").with("fleet/deployments/empty.yaml", "# nothing\n---\n").load()
        #expect(loaded.diagnostics.isEmpty)
        #expect(
            loaded.repository?.deployments.map(\.location.file) == [
                "fleet/deployments/team/a/other.yaml", "fleet/deployments/watch.yaml",
            ])
    }

    @Test func fileThatNothingReadsIsAWarning() async throws {
        let found = try await messages { folder in
            try folder.write("name: x\n", to: "fleet/linkedin.yaml")
            try folder.write("[]\n", to: "fleet/user.yaml")
        }
        #expect(
            found == [
                "fleet/linkedin.yaml:1:1: warning: nothing reads this file; deployments are in fleet/deployments/",
                "fleet/user.yaml:1:1: warning: nothing reads this file (did you mean 'users.yaml'?)",
            ])
    }

    @Test func folderWithoutAFleetIsOneError() async throws {
        let loaded = try await FleetFolder(files: ["README.md": []]).load()
        #expect(loaded.repository == nil)
        #expect(
            loaded.diagnostics.map(\.description) == [
                "fleet/fleet.yaml:1:1: error: there is no such file, and a fleet needs it; 'botfleet init' writes one"
            ])
        let nowhere = FleetFolder.load(URL(filePath: "/nowhere/at/all"))
        #expect(nowhere.diagnostics.map(\.message) == ["there is no file '/nowhere/at/all'"])
    }

    @Test func bytesThatAreNoTextAreErrorsAtTheirPlace() async throws {
        func message(_ bytes: [UInt8]) async throws -> [String] {
            try await FleetFolder.small.with("fleet/deployments/x.yaml", bytes: bytes).load().diagnostics
                .map { String($0.description.dropFirst("fleet/deployments/x.yaml:".count)) }
        }
        #expect(
            try await message(Array("name: \u{e9}".utf8) + [0xE9]) == [
                "1:8: error: this is not UTF-8 (byte 0xE9); save the file as UTF-8"
            ])
        #expect(
            try await message(Array("name: a\u{0}".utf8)) == [
                "1:8: error: a NUL character (U+0000) is not allowed; remove it"
            ])
        let utf16: [UInt8] = [0xFF, 0xFE] + "name".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(try await message(utf16) == ["1:1: error: this file is UTF-16 or UTF-32; save it as UTF-8"])
        #expect(try await message([0xEF, 0xBB, 0xBF] + Self.good).isEmpty)
    }

    @Test func lineOfAPlaceIsFoundForShowing() async throws {
        let text = "name: watch\r\nuser: anna@example.com\rbot: 1é\n"
        try await withTemporaryDirectory { folder in
            try FleetFolder.small.with("fleet/deployments/watch.yaml", text).write(to: folder)
            func line(_ number: Int, _ file: String = "fleet/deployments/watch.yaml") -> String? {
                FleetLoader.sourceLine(at: .init(file: file, line: number), in: folder.path)
            }
            #expect((1...5).map { line($0) } == ["name: watch", "user: anna@example.com", "bot: 1é", "", nil])
            #expect(line(1, "../x") == nil && line(1, "nowhere.yaml") == nil)
        }
    }
}
