import CLibgit2

/// A git repository, read through libgit2 on a queue of its own.
///
/// Nothing is ever checked out, and no hook or filter program runs.
public actor GitRepository {
    private let executor: QueueExecutor
    private let owner: RepositoryHandle
    /// The folder that holds HEAD and the objects, without a slash at the end.
    public nonisolated let path: String
    /// The working folder; nil in a bare repository.
    public nonisolated let workFolder: String?

    /// Runs the actor on its own queue.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The C handle, for this module's other files.
    var handle: OpaquePointer { owner.pointer }

    private init(executor: QueueExecutor, owner: RepositoryHandle) {
        self.executor = executor
        self.owner = owner
        (path, workFolder) = owner.folders
    }

    /// Opens the repository at exactly this folder (a working folder, its `.git`, or a bare repository).
    ///
    /// Throws `.notFound` where there is none, `.notOwned` where it is another user's. Source: `git_repository_open_ext`.
    public static func open(_ folder: String) async throws(GitError) -> GitRepository {
        try await load { () throws(GitError) in
            var pointer: OpaquePointer?
            let flags = GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue
            try GitError.check(
                git_repository_open_ext(&pointer, folder, flags, nil), "open the repository", folder)
            return pointer
        }
    }

    /// Opens the repository that `folder` lies in, as git would find it; nil outside of any.
    public static func discover(from folder: String) async throws(GitError) -> GitRepository? {
        do throws(GitError) {
            return try await load { () throws(GitError) in
                var pointer: OpaquePointer?
                try GitError.check(
                    git_repository_open_ext(&pointer, folder, 0, nil), "find the repository of", folder)
                return pointer
            }
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    /// Creates an empty bare repository, with its folders; one that is there is opened as it is.
    public static func openOrCreateBare(_ folder: String) async throws(GitError) -> GitRepository {
        try await load { () throws(GitError) in
            var pointer: OpaquePointer?
            var options = git_repository_init_options()
            try GitError.check(
                git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION)),
                "create the bare repository", folder)
            options.flags = GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKPATH.rawValue
            try GitError.check(
                git_repository_init_ext(&pointer, folder, &options), "create the bare repository", folder)
            return pointer
        }
    }

    private static func load(
        _ open: @escaping @Sendable () throws(GitError) -> OpaquePointer?
    ) async throws(GitError) -> GitRepository {
        let executor = QueueExecutor(label: "LibGit2.GitRepository")
        let owner = try await executor.run { () throws(GitError) in
            try GitLibrary.prepare()
            guard let pointer = try open() else {
                throw GitError("open", "a repository", .other, message: "libgit2 gave no handle")
            }
            return RepositoryHandle(pointer)
        }
        return GitRepository(executor: executor, owner: owner)
    }

    /// The branch and commit that are checked out.
    public func head() throws(GitError) -> GitHead {
        var reference: OpaquePointer?
        let code = git_repository_head(&reference, handle)
        defer { git_reference_free(reference) }
        if code == GIT_EUNBORNBRANCH.rawValue || code == GIT_ENOTFOUND.rawValue {
            return GitHead(branch: try unbornBranch(), commit: nil)
        }
        try GitError.check(code, "read HEAD of", path)
        let branch = git_reference_is_branch(reference) == 1 ? git_reference_shorthand(reference) : nil
        let name = branch.map { String(cString: $0) }
        var commit: OpaquePointer?
        try GitError.check(
            git_reference_peel(&commit, reference, GIT_OBJECT_COMMIT), "read the commit at HEAD of", path)
        defer { git_object_free(commit) }
        return GitHead(branch: name, commit: commit.map { GitCommit($0) })
    }

    /// The branch that the first commit will make.
    private func unbornBranch() throws(GitError) -> String? {
        var reference: OpaquePointer?
        try GitError.check(git_reference_lookup(&reference, handle, "HEAD"), "read HEAD of", path)
        defer { git_reference_free(reference) }
        guard let target = git_reference_symbolic_target(reference) else { return nil }
        let name = String(cString: target)
        return name.hasPrefix("refs/heads/") ? String(name.dropFirst("refs/heads/".count)) : nil
    }

    /// What is staged, modified, untracked or in conflict, without what is ignored.
    ///
    /// At most `limit` paths are returned; `folders` narrows the look to these folders or files (from the root of the
    /// working folder; literal, not patterns). A bare repository is an error. Source: `git_status_list_new`.
    public func status(limit: Int = 100, under folders: [String] = []) throws(GitError) -> WorktreeStatus {
        var options = git_status_options()
        try GitError.check(
            git_status_options_init(&options, UInt32(GIT_STATUS_OPTIONS_VERSION)), "read the status of", path)
        options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR
        options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED.rawValue | GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH.rawValue
        var list: OpaquePointer?
        let repository = handle
        let code = CStringArray.with(folders) { array in
            options.pathspec = array
            return git_status_list_new(&list, repository, &options)
        }
        try GitError.check(code, "read the status of", workFolder ?? path)
        defer { git_status_list_free(list) }
        let count = git_status_list_entrycount(list)
        var paths: Set<String> = []
        for index in 0..<min(count, limit) {
            guard let entry = git_status_byindex(list, index)?.pointee else { continue }
            let delta = entry.index_to_workdir ?? entry.head_to_index
            if let name = delta?.pointee.new_file.path ?? delta?.pointee.old_file.path {
                paths.insert(String(cString: name))
            }
        }
        return WorktreeStatus(changedPaths: paths.sorted(), isTruncated: count > limit)
    }

    /// Whether every commit of `ancestor` is in `descendant`'s history; a commit is its own ancestor.
    ///
    /// Throws `.notFound` for a commit that this repository lacks. Source: `git_graph_descendant_of`.
    public func isAncestor(_ ancestor: ObjectID, of descendant: ObjectID) throws(GitError) -> Bool {
        _ = try commit(ancestor)
        _ = try commit(descendant)
        guard ancestor != descendant else { return true }
        var (old, new) = (ancestor.oid, descendant.oid)
        let code = git_graph_descendant_of(handle, &new, &old)
        try GitError.check(code, "compare", "\(ancestor) with \(descendant)")
        return code == 1
    }
}
