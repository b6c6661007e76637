import FoundationEssentials
import Glibc
import LibCrypto
import LibGit2

/// The bare repositories that bot sources are fetched into, one a URL.
///
/// `<folder>/sources/<sha256 of the URL, 40 digits>.git`, with a lock file beside it that a fetch holds, so that any number
/// of processes may fetch at once. Readers take no lock: a fetch only adds, and moves references when all has arrived.
struct SourceCache: Sendable {
    private let folder: String

    init(folder: String) {
        self.folder = folder + "/sources"
    }

    /// The repository of a URL, whether it exists or not.
    func path(of url: String) -> String {
        "\(folder)/\(SHA256.hex(url).prefix(40)).git"
    }

    /// Opens what is cached of a URL; nil where nothing usable is.
    func open(_ url: String) async throws(GitError) -> GitRepository? {
        do throws(GitError) {
            return try await GitRepository.open(path(of: url))
        } catch {
            guard error.code == .notOwned else { return nil }
            throw error
        }
    }

    /// Fetches and returns the repository; a commit asked for by its full id that is there already is not fetched again.
    ///
    /// A cache that is damaged (killed processes and full disks leave such) is made anew, once.
    func fetch(
        _ address: SourceAddress, ref: String, subject: String, deadline: Duration,
        progress: @escaping @Sendable (FetchProgress) -> Void
    ) async throws(BotCatalogError) -> GitRepository {
        let end = ContinuousClock.now + deadline
        try createFolder()
        let path = path(of: address.url)
        guard let lock = try await FileLock.acquire(path + ".lock", until: end) else {
            throw BotCatalogError(
                .interrupted, "\(subject): another process has been fetching \(address.url) for \(deadline)",
                hint: "wait for it, or end it")
        }
        defer { withExtendedLifetime(lock) {} }
        do throws(GitError) {
            return try await update(path, address, ref, until: end, progress)
        } catch {
            guard error.suggestsDamage else { throw BotCatalogError(error, of: subject) }
        }
        do throws(GitError) {
            try await remove(path)
            return try await update(path, address, ref, until: end, progress)
        } catch {
            throw BotCatalogError(error, of: subject)
        }
    }

    /// Throws the cached repository away, so that the next fetch begins anew.
    func discard(_ url: String, until end: ContinuousClock.Instant) async throws(BotCatalogError) {
        let path = path(of: url)
        guard let lock = try await FileLock.acquire(path + ".lock", until: end) else { return }
        defer { withExtendedLifetime(lock) {} }
        do throws(GitError) { try await remove(path) } catch { throw BotCatalogError(error, of: "the cache") }
    }

    private func update(
        _ path: String, _ address: SourceAddress, _ ref: String, until end: ContinuousClock.Instant,
        _ progress: @escaping @Sendable (FetchProgress) -> Void
    ) async throws(GitError) -> GitRepository {
        sweep(path)
        let repository = try await GitRepository.openOrCreateBare(path)
        let id = ObjectID(hex: ref)
        if let id, await repository.has(id) { return repository }
        try await repository.fetch(
            address.url, credentials: address.credentials, deadline: end - .now, progress: progress)
        // A commit that no branch or tag reaches is asked for by name; servers may refuse, and then it is not found.
        if let id, await !repository.has(id) {
            let pin = "\(id.hex):refs/botfleet/pins/\(id.hex)"
            do throws(GitError) {
                try await repository.fetch(
                    address.url, credentials: address.credentials, refspecs: [pin], prune: false, deadline: end - .now)
            } catch {
                guard error.code != .cancelled, error.code != .deadlineExceeded else { throw error }
            }
        }
        return repository
    }

    /// Makes the folder and those above it, readable by its owner alone: sources may be private.
    private func createFolder() throws(BotCatalogError) {
        var path = ""
        for name in folder.split(separator: "/") {
            path += "/" + name
            guard mkdir(path, 0o700) != 0 else { continue }
            let reason = errno
            // Above what is ours anything may be read-only, so long as it is there.
            if access(path, F_OK) == 0 { continue }
            throw BotCatalogError(
                .unavailable, "could not create the cache folder \(folder): \(String(cString: strerror(reason)))",
                hint: "check the folder's owner and rights, or set XDG_CACHE_HOME")
        }
    }

    private func remove(_ path: String) async throws(GitError) {
        // Moved aside first: a reader sees the whole repository or none.
        let aside = path + ".broken"
        let files = FileManager.default
        try? files.removeItem(atPath: aside)  // nothing to remove is fine
        try? files.moveItem(atPath: path, toPath: aside)  // what stays shows when the repository is made anew
        try? files.removeItem(atPath: aside)  // as above
    }

    /// Removes what a killed fetch left behind; called under the lock, so that nobody else is at it.
    private func sweep(_ path: String) {
        let files = FileManager.default
        var isFolder = false
        if files.fileExists(atPath: path, isDirectory: &isFolder), !isFolder {
            // Creating the repository says so if the file stays.
            try? files.removeItem(atPath: path)
        }
        let leftovers =
            names(under: path + "/refs").filter { $0.hasSuffix(".lock") }
            + ["packed-refs.lock", "config.lock", "HEAD.lock"].map { path + "/" + $0 }
            + names(under: path + "/objects/pack").filter { name in
                name.split(separator: "/").last.map { !$0.hasPrefix("pack-") && !$0.hasPrefix("multi-") } ?? false
            }
        // Most are not there; one that stays makes the fetch say so.
        for leftover in leftovers { try? files.removeItem(atPath: leftover) }
    }

    private func names(under folder: String) -> [String] {
        // A repository that is not there yet has no files.
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        return names.map { folder + "/" + $0 }
    }
}

extension GitRepository {
    /// Whether the commit is here.
    fileprivate func has(_ id: ObjectID) -> Bool {
        do throws(GitError) {
            _ = try commit(id)
            return true
        } catch {
            return false
        }
    }
}
