import Foundation

/// Runs a test with a new folder, which is removed after it, whatever the outcome.
///
/// The path has no symbolic link in it.
public func withTemporaryDirectory<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (URL) async throws -> Result
) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        .appending(path: "botfleet-test-\(UUID().uuidString.lowercased())", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer {
        // What a test made unreadable to itself stays; the system's own cleaning takes it.
        try? FileManager.default.removeItem(at: folder)
    }
    return try await body(folder)
}

extension URL {
    /// Writes text to a file below this folder, whose parents are made, and returns the file.
    @discardableResult
    public func write(_ text: String, to path: String) throws -> URL {
        let file = appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file
    }
}
