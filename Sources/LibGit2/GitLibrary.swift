import CLibgit2
import Glibc

/// libgit2 itself, initialised once a process.
///
/// Which configuration is read: system and user files, as git does, since `safe.directory`, `core.excludesFile` and
/// `http.proxy` are decisions of the machine's owner. Nothing in them can run a program here: libgit2 calls no hook,
/// no credential helper and no filter program. `url.*.insteadOf` is passed over when fetching (see `GitRepository.fetch`).
///
/// The authorities of certificates are the system's, or those of the file that GIT_SSL_CAINFO or SSL_CERT_FILE names, as git
/// and OpenSSL have it.
enum GitLibrary {
    private static let start: Result<Void, GitError> = {
        let code = git_libgit2_init()
        guard code > 0 else { return .failure(GitError.last(code, "start", "libgit2")) }
        guard let file = getenv("GIT_SSL_CAINFO") ?? getenv("SSL_CERT_FILE") else { return .success(()) }
        let loading = shim_git_set_certificate_file(file)
        guard loading < 0 else { return .success(()) }
        return .failure(GitError.last(loading, "load the certificate authorities in", String(cString: file)))
    }()

    /// Called before the first call of the library, by whatever opens a repository.
    static func prepare() throws(GitError) {
        try start.get()
    }
}

/// Owns a `git_repository`; used from one queue at a time, freed from any.
///
/// `@unchecked Sendable`: the pointer is only reached through the actor that holds this object, and libgit2 lets a
/// handle move between threads so long as no two use it at once (libgit2's docs/threading.md).
final class RepositoryHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        git_repository_free(pointer)
    }

    /// The folder with HEAD and objects, and the working folder; both without a slash at the end.
    var folders: (path: String, workFolder: String?) {
        func trimmed(_ text: UnsafePointer<CChar>) -> String {
            var text = String(cString: text)
            if text.count > 1, text.hasSuffix("/") { text.removeLast() }
            return text
        }
        return (git_repository_path(pointer).map(trimmed) ?? "", git_repository_workdir(pointer).map(trimmed))
    }
}
