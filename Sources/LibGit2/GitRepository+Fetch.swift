import CLibgit2

extension GitRepository {
    /// All branches and tags, kept under their own names, as `git clone --mirror` does.
    public static let headsAndTags = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]

    /// Fetches from `url` and lets local references follow: forced updates are taken, and what the server no longer has is
    /// removed where `prune` says so.
    ///
    /// Objects that nothing names any more stay in the database. Objects arrive complete or not at all: a fetch that is
    /// killed leaves the old references. `url` is taken as written: `url.*.insteadOf` of the user's git configuration is
    /// passed over, since the same file must fetch from the same place on every machine and a rewritten URL may hold
    /// credentials. With a token no redirect to another host is followed. `deadline` bounds the whole; progress comes ten
    /// times a second at most, from another thread.
    ///
    /// Throws `.authentication` after one refusal, `.certificate` for an unknown host or authority, `.notFound`,
    /// `.deadlineExceeded`, `.cancelled`. Source: `git_remote_download`, `git_remote_prune`, `git_remote_update_tips`.
    public nonisolated func fetch(
        _ url: String, credentials: GitCredentials = .none, refspecs: [String] = headsAndTags, prune: Bool = true,
        deadline: Duration = .seconds(120), progress: @escaping @Sendable (FetchProgress) -> Void = { _ in }
    ) async throws(GitError) {
        let session = FetchSession(url: url, credentials: credentials, deadline: deadline, progress: progress)
        let result: Result<Void, GitError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                session.begin(continuation)
                Task { await self.perform(session, refspecs: refspecs, prune: prune) }
            }
        } onCancel: {
            session.interrupt(.cancelled)
        }
        try result.get()
    }

    private func perform(_ session: FetchSession, refspecs: [String], prune: Bool) {
        do throws(GitError) {
            try session.interruptible { () throws(GitError) in
                if let error = session.interruptionError { throw error }
                try download(session, refspecs: refspecs, prune: prune)
            }
            session.finish(.success(()))
        } catch {
            session.finish(.failure(session.interruptionError ?? session.failure ?? error.explained))
        }
    }

    private func download(_ session: FetchSession, refspecs: [String], prune: Bool) throws(GitError) {
        let url = session.url
        var remote: OpaquePointer?
        var creation = git_remote_create_options()
        try GitError.check(
            git_remote_create_options_init(&creation, UInt32(GIT_REMOTE_CREATE_OPTIONS_VERSION)), "fetch", url)
        creation.repository = handle
        creation.flags =
            GIT_REMOTE_CREATE_SKIP_INSTEADOF.rawValue | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC.rawValue
        try GitError.check(git_remote_create_with_opts(&remote, url, &creation), "fetch", url)
        defer { git_remote_free(remote) }

        var options = git_fetch_options()
        try GitError.check(git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION)), "fetch", url)
        FetchCallbacks.install(session, in: &options.callbacks)
        options.update_fetchhead = 0
        options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
        options.proxy_opts.type = GIT_PROXY_AUTO
        if case .token = session.credentials {
            options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        } else {
            options.follow_redirects = GIT_REMOTE_REDIRECT_INITIAL
        }

        let code = CStringArray.with(refspecs) { list in
            var list = list
            return git_remote_download(remote, &list, &options)
        }
        try GitError.check(code, "fetch", url)
        // Errors of hanging up don't matter: everything has arrived.
        _ = git_remote_disconnect(remote)
        // Before the update, so that a branch `a` that became `a/b` is out of the way.
        if prune { try GitError.check(git_remote_prune(remote, &options.callbacks), "remove stale references of", url) }
        try GitError.check(
            git_remote_update_tips(remote, &options.callbacks, 0, GIT_REMOTE_DOWNLOAD_TAGS_NONE, nil),
            "update the references of", url)
    }
}

extension GitError {
    /// The same error with the code and hint that its words, which differ by transport, allow.
    fileprivate var explained: GitError {
        guard code == .other || code == .notFound else { return self }
        if message.hasSuffix("status code: 404") || message.contains("failed to resolve path")
            || message.contains("does not appear to be a git repository") || message.contains("not find repository")
        {
            return with(.notFound, hint: "check the URL; a private repository may need auth to be seen")
        }
        if message.hasSuffix("status code: 403") || message.hasSuffix("status code: 401") {
            return with(.authentication, hint: "the token may lack the right to read this repository")
        }
        if message.contains("cannot redirect") {
            return with(.other, hint: "write the URL that the server redirects to")
        }
        return with(code, hint: hint ?? "check the URL and the network")
    }

    private func with(_ code: Code, hint: String?) -> GitError {
        GitError(
            operation, subject, code, message: message, hint: hint, number: number, libraryClass: libraryClass)
    }
}
