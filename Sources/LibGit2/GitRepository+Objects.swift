import CLibgit2
import Glibc

extension GitRepository {
    /// The commit of this id; `.notFound` where this repository lacks it.
    public func commit(_ id: ObjectID) throws(GitError) -> GitCommit {
        var pointer: OpaquePointer?
        var oid = id.oid
        try GitError.check(git_commit_lookup(&pointer, handle, &oid), "find commit", id.hex)
        defer { git_commit_free(pointer) }
        guard let pointer else { throw GitError("find commit", id.hex, .notFound, message: "no such commit") }
        return GitCommit(pointer)
    }

    /// The commit that a branch, a tag (annotated or not), a reference or a full or short commit id names.
    ///
    /// Looked up in this order: 40 digits as a commit, `refs/…` as written, branch, tag, 4 to 39 digits as the
    /// beginning of a commit's id. No other of git's spellings (`main~3`, `@{yesterday}`) is read.
    public func resolve(_ name: String) throws(GitError) -> GitCommit {
        if let id = ObjectID(hex: name), let commit = try existing(id) { return commit }
        let candidates = name.hasPrefix("refs/") ? [name] : ["refs/heads/\(name)", "refs/tags/\(name)"]
        for candidate in candidates {
            if let commit = try peeled(candidate) { return commit }
        }
        if (4..<40).contains(name.utf8.count), name.utf8.allSatisfy(ObjectID.isHexDigit) {
            var oid = git_oid()
            var pointer: OpaquePointer?
            try GitError.check(git_oid_fromstrn(&oid, name, name.utf8.count), "read the commit id", name)
            let code = git_object_lookup_prefix(&pointer, handle, &oid, name.utf8.count, GIT_OBJECT_COMMIT)
            defer { git_object_free(pointer) }
            if code >= 0, let pointer { return GitCommit(pointer) }
            if code != GIT_ENOTFOUND.rawValue { try GitError.check(code, "find the commit that begins with", name) }
        }
        throw GitError("find", "'\(name)'", .notFound, message: "there is no branch, tag or commit of this name")
    }

    private func existing(_ id: ObjectID) throws(GitError) -> GitCommit? {
        do throws(GitError) {
            return try commit(id)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    private func peeled(_ reference: String) throws(GitError) -> GitCommit? {
        var valid: CInt = 0
        guard git_reference_name_is_valid(&valid, reference) == 0, valid == 1 else { return nil }
        var pointer: OpaquePointer?
        let code = git_reference_lookup(&pointer, handle, reference)
        defer { git_reference_free(pointer) }
        if code == GIT_ENOTFOUND.rawValue { return nil }
        try GitError.check(code, "read", reference)
        var commit: OpaquePointer?
        let peeling = git_reference_peel(&commit, pointer, GIT_OBJECT_COMMIT)
        guard peeling != GIT_ENOTFOUND.rawValue else {
            throw GitError("find the commit of", reference, .corrupt, message: "the object it names is missing")
        }
        try GitError.check(peeling, "find the commit of", reference)
        defer { git_object_free(commit) }
        return commit.map { GitCommit($0) }
    }

    /// Every file of a commit, sorted by the bytes of its path; submodules are listed, not entered.
    ///
    /// `sizes` asks for each blob's size as well, which costs a look into the object database a blob. More than `limit`
    /// entries, or folders nested deeper than 1,000, throw `.tooLarge`.
    public func tree(
        _ commit: ObjectID, sizes: Bool = false, limit: Int = 500_000
    ) throws(GitError) -> [GitTreeEntry] {
        let root = try self.commit(commit).tree
        var entries: [GitTreeEntry] = []
        var pending: [(prefix: [UInt8], depth: Int, id: ObjectID)] = [([], 0, root)]
        while let (prefix, depth, id) = pending.popLast() {
            guard depth <= 1_000, entries.count + pending.count <= limit else {
                throw GitError(
                    "list the files of", commit.hex, .tooLarge, message: "more than \(limit) files or 1000 levels")
            }
            for child in try children(of: id) {
                let path = prefix + child.name
                switch child.node {
                case .folder: pending.append((path + [UInt8(ascii: "/")], depth + 1, child.id))
                case .leaf(let kind):
                    let size = sizes && kind != .submodule ? try size(of: child.id) : nil
                    entries.append(GitTreeEntry(path: path, kind: kind, id: child.id, size: size))
                }
            }
        }
        return entries.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    }

    private enum Node {
        case folder
        case leaf(GitTreeEntry.Kind)
    }

    private func children(of id: ObjectID) throws(GitError) -> [(name: [UInt8], node: Node, id: ObjectID)] {
        var pointer: OpaquePointer?
        var oid = id.oid
        try GitError.check(git_tree_lookup(&pointer, handle, &oid), "read tree", id.hex)
        defer { git_tree_free(pointer) }
        var result: [(name: [UInt8], node: Node, id: ObjectID)] = []
        for index in 0..<git_tree_entrycount(pointer) {
            guard let entry = git_tree_entry_byindex(pointer, index), let name = git_tree_entry_name(entry),
                let childID = git_tree_entry_id(entry)
            else { continue }
            let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name)).map { $0 }
            let mode = git_tree_entry_filemode(entry)
            if mode == GIT_FILEMODE_TREE {
                result.append((bytes, .folder, ObjectID(childID.pointee)))
            } else if let kind = GitTreeEntry.kind(of: mode) {
                result.append((bytes, .leaf(kind), ObjectID(childID.pointee)))
            } else {
                throw GitError("read tree", id.hex, .corrupt, message: "an entry has mode \(mode.rawValue)")
            }
        }
        return result
    }

    private func size(of id: ObjectID) throws(GitError) -> Int {
        var database: OpaquePointer?
        try GitError.check(git_repository_odb(&database, handle), "open the objects of", path)
        defer { git_odb_free(database) }
        var (length, type, oid) = (0, GIT_OBJECT_INVALID, id.oid)
        try GitError.check(git_odb_read_header(&length, &type, database, &oid), "read object", id.hex)
        return length
    }

    /// The bytes of a blob, raw: no filter is applied. One over `limit` bytes throws `.tooLarge` without being read.
    public func blob(_ id: ObjectID, limit: Int) throws(GitError) -> [UInt8] {
        guard let bytes = try blobs([id], limit: limit)[0] else {
            throw GitError("read blob", id.hex, .tooLarge, message: "more than \(limit) bytes")
        }
        return bytes
    }

    /// Several blobs in one visit of the actor.
    ///
    /// nil stands for one over `limit` bytes, which is not read, and for one that `isWanted` does not want, which is not
    /// copied.
    public func blobs(
        _ ids: [ObjectID], limit: Int, where isWanted: @Sendable (UnsafeRawBufferPointer) -> Bool = { _ in true }
    ) throws(GitError) -> [[UInt8]?] {
        var result: [[UInt8]?] = []
        result.reserveCapacity(ids.count)
        for id in ids {
            guard try size(of: id) <= limit else {
                result.append(nil)
                continue
            }
            var pointer: OpaquePointer?
            var oid = id.oid
            try GitError.check(git_blob_lookup(&pointer, handle, &oid), "read blob", id.hex)
            defer { git_blob_free(pointer) }
            let content = UnsafeRawBufferPointer(
                start: git_blob_rawcontent(pointer), count: Int(git_blob_rawsize(pointer)))
            result.append(isWanted(content) ? Array(content) : nil)
        }
        return result
    }

    /// The short names of all branches and tags, sorted.
    public func branchesAndTags() throws(GitError) -> [String] {
        var list = git_strarray()
        try GitError.check(git_reference_list(&list, handle), "list the references of", path)
        defer { git_strarray_dispose(&list) }
        var names: Set<String> = []
        for index in 0..<list.count {
            guard let text = list.strings[index] else { continue }
            let name = String(cString: text)
            for prefix in ["refs/heads/", "refs/tags/"] where name.hasPrefix(prefix) {
                names.insert(String(name.dropFirst(prefix.count)))
            }
        }
        return names.sorted()
    }
}
