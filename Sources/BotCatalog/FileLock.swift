import Glibc

/// An exclusive lock on a file (`flock`), which ends with the process that holds it, however that ends.
final class FileLock: Sendable {
    private let descriptor: CInt

    private init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Waits until the lock is free, without holding a thread, for as long as `deadline` says; nil when it never was.
    ///
    /// The file is created and stays: removing it would let two processes lock two files of one name.
    static func acquire(_ path: String, until deadline: ContinuousClock.Instant) async throws(BotCatalogError)
        -> FileLock?
    {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw BotCatalogError(
                .unavailable, "could not open the lock file \(path): \(String(cString: strerror(errno)))",
                hint: "check the folder's owner and rights, or set XDG_CACHE_HOME")
        }
        let lock = FileLock(descriptor: descriptor)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw BotCatalogError(.unavailable, "could not lock \(path): \(String(cString: strerror(errno)))")
            }
            guard ContinuousClock.now < deadline else { return nil }
            do {
                try await Task.sleep(for: .milliseconds(25))
            } catch {
                throw BotCatalogError(.interrupted, "cancelled while another process fetched")
            }
        }
        return lock
    }
}
