import FleetTestSupport
import Foundation

/// A repository that the git command makes: the witness against which LibGit2 is held.
struct GitFixture {
    let folder: URL

    /// What git needs so that the machine's own configuration plays no part.
    static let environment: [String: String] = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
        "HOME": "/nonexistent", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
        "GIT_AUTHOR_NAME": "Anna Ä", "GIT_AUTHOR_EMAIL": "anna@example.com",
        "GIT_AUTHOR_DATE": "2026-03-29T01:30:00+02:00", "GIT_COMMITTER_NAME": "Carl",
        "GIT_COMMITTER_EMAIL": "carl@example.com", "GIT_COMMITTER_DATE": "2026-03-29T01:31:00+02:00",
    ]

    /// An empty repository with the branch `main`.
    init(_ folder: URL, bare: Bool = false) async throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await git(["init", "-q", "-b", "main"] + (bare ? ["--bare"] : []))
    }

    /// Runs git in the repository; returns its output without the newline at the end.
    @discardableResult
    func git(_ arguments: [String]) async throws -> String {
        try await succeed(["git"] + arguments, environment: Self.environment, in: folder)
            .trimmingCharacters(in: .newlines)
    }

    /// Runs git with the words of a line.
    @discardableResult
    func git(_ line: String) async throws -> String {
        try await git(line.split(separator: " ").map(String.init))
    }

    /// Writes files and commits everything; returns the commit's id.
    @discardableResult
    func commit(_ files: [String: String], message: String = "change") async throws -> String {
        for (path, text) in files { try folder.write(text, to: path) }
        try await git("add -A")
        try await git(["commit", "-q", "--allow-empty", "-m", message])
        return try await git("rev-parse HEAD")
    }
}
