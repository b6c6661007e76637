import FleetTestSupport
import Foundation

/// The files of this repository, as git knows them: what is committed, and what is new and not ignored.
struct RepositoryFiles {
    /// Paths from the repository's folder, sorted.
    let paths: [String]

    /// Lists them; throws where this is no clone.
    static func list() async throws -> RepositoryFiles {
        let output = try await succeed(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], in: repositoryRoot)
        let paths = output.split(separator: "\0").map { String($0) }
        // One that is removed and not committed yet is still listed.
        return RepositoryFiles(
            paths: Set(paths).sorted().filter {
                FileManager.default.fileExists(atPath: repositoryRoot.appending(path: $0).path)
            })
    }

    /// The paths below a folder that end so.
    func paths(under folder: String, ending suffix: String = "") -> [String] {
        paths.filter { $0.hasPrefix("\(folder)/") && $0.hasSuffix(suffix) }
    }

    /// The rooms: the folders of Sources, sorted.
    var rooms: [String] {
        Set(paths(under: "Sources").compactMap { $0.split(separator: "/").dropFirst().first.map { String($0) } })
            .sorted()
    }

    /// A file's text; bytes that are not UTF-8 become U+FFFD.
    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: repositoryRoot.appending(path: path)), as: UTF8.self)
    }

    /// A file's lines, in order, without their ends.
    static func lines(_ path: String) throws -> [String] {
        try text(path).split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    }
}

/// Faults, one a line, as an expectation shows them.
func list(_ faults: [String]) -> String {
    faults.isEmpty ? "" : "\n" + faults.joined(separator: "\n")
}
