import LibCrypto
import LibGit2
import LibZlib

/// Makes the archive of a bot's bundle.
struct BundleWriter {
    let name: String
    /// The script's path in the bundle.
    let script: String
    /// The most bytes of content.
    let limit: Int

    /// The bundle of files at hand, by their path in it.
    func bundle(_ files: [String: [UInt8]]) throws(BotCatalogError) -> BotBundle {
        try checkSize(files.values.reduce(0) { $0 + $1.count })
        var archive = TarArchive()
        for (path, bytes) in files.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            archive.add(file: path, bytes: bytes, isExecutable: false)
        }
        return try seal(&archive, hasPackage: files["package.json"] != nil)
    }

    /// The bundle of a commit's tree less what is ignored or excluded; submodules are left out.
    func bundle(
        _ repository: GitRepository, commit: ObjectID, ignore: IgnoreList, excluded: Set<String>
    ) async throws(BotCatalogError) -> BotBundle {
        var entries = try await git { () throws(GitError) in try await repository.tree(commit, sizes: true) }
        entries.removeAll { entry in
            let path = entry.pathText
            return entry.kind == .submodule || excluded.contains(path) || ignore.ignores(path)
        }
        for entry in entries { try checkPath(entry) }
        try checkSize(entries.reduce(0) { $0 + ($1.size ?? 0) })
        var archive = TarArchive()
        // Read in lots: one visit to the repository's queue for many files, without a second copy of all of them.
        var start = 0
        while start < entries.count {
            let lot = Array(entries[start..<min(start + Self.lotSize, entries.count)])
            start += lot.count
            let contents = try await git { () throws(GitError) in
                try await repository.blobs(lot.map(\.id), limit: limit)
            }
            for (entry, bytes) in zip(lot, contents) { try add(entry, bytes ?? [], to: &archive) }
        }
        return try seal(&archive, hasPackage: entries.contains { $0.pathText == "package.json" })
    }

    private static let lotSize = 256

    private func add(_ entry: GitTreeEntry, _ bytes: [UInt8], to archive: inout TarArchive) throws(BotCatalogError) {
        switch entry.kind {
        case .file, .executable:
            archive.add(file: entry.pathText, bytes: bytes, isExecutable: entry.kind == .executable)
        case .symbolicLink:
            archive.add(link: entry.pathText, to: try checkedTarget(bytes, of: entry.pathText))
        case .submodule: break
        }
    }

    private func seal(_ archive: inout TarArchive, hasPackage: Bool) throws(BotCatalogError) -> BotBundle {
        archive.finish()
        do throws(ZlibError) {
            let compressed = try Gzip.compress(archive.bytes, level: 6)
            return BotBundle(
                archive: compressed, script: script, hasPackage: hasPackage,
                contentDigest: SHA256.hex(archive.bytes), digest: SHA256.hex(compressed))
        } catch {
            throw refusal("\(error)")
        }
    }

    // MARK: What may not be in a bundle

    private func checkSize(_ size: Int) throws(BotCatalogError) {
        guard size <= limit else {
            throw refusal(
                "it holds \(size / 1_048_576) MiB, more than \(limit / 1_048_576) MiB",
                hint: "ignore what the bots don't need")
        }
    }

    /// Git stores any bytes as a name; a bundle takes UTF-8, and no name that an unpacker could be led out by.
    private func checkPath(_ entry: GitTreeEntry) throws(BotCatalogError) {
        guard String(validating: entry.path, as: UTF8.self) != nil else {
            throw refusal("the name '\(entry.pathText)' is not UTF-8", hint: "rename the file or ignore it")
        }
        let names = entry.path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for name in names where name.isEmpty || name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) {
            throw refusal("'\(entry.pathText)' is not a path that git should hold", hint: "check the repository")
        }
    }

    /// The target of a link, if it stays inside.
    ///
    /// It may climb with `..` at its beginning only, and not above the root: git's folders are real ones, so this is exact,
    /// while a `..` behind a name could follow another link out.
    private func checkedTarget(_ bytes: [UInt8], of path: String) throws(BotCatalogError) -> String {
        let hint = "remove the link or ignore it"
        guard let target = String(validating: bytes, as: UTF8.self), !target.isEmpty, target.utf8.count <= 4096,
            !bytes.contains(0)
        else { throw refusal("the link '\(path)' has no target that can be packed", hint: hint) }
        var depth = path.split(separator: "/").count - 1
        var sawName = false
        for name in target.split(separator: "/") where name != "." {
            if name == ".." { depth -= 1 } else { sawName = true }
            guard depth >= 0, !(name == ".." && sawName) else {
                throw refusal("the link '\(path)' leaves the repository (to '\(target)')", hint: hint)
            }
        }
        guard !target.hasPrefix("/") else {
            throw refusal("the link '\(path)' leaves the repository (to '\(target)')", hint: hint)
        }
        return target
    }

    private func refusal(_ message: String, hint: String? = nil) -> BotCatalogError {
        BotCatalogError(.bundle, "could not make the bundle of bot '\(name)': \(message)", hint: hint)
    }

    private func git<Value: Sendable>(
        _ work: () async throws(GitError) -> Value
    ) async throws(BotCatalogError) -> Value {
        do throws(GitError) {
            return try await work()
        } catch {
            throw BotCatalogError(error, of: "the bundle of bot '\(name)'")
        }
    }
}
