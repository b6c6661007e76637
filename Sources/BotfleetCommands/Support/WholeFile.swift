import Foundation

/// Reads and writes files whole, and fails with the operating system's own words.
enum WholeFile {
    /// Why a file could not be read or written: `No such file or directory`.
    struct Failure: Error, Hashable {
        var reason: String

        init(_ reason: String) { self.reason = reason }
        /// The reason of the call that failed last on this thread.
        static var last: Failure { Failure(String(cString: strerror(errno))) }
    }

    /// All bytes of a file; pipes are read to their end.
    ///
    /// - Throws: ``Failure``, also for a file over `limit` bytes.
    static func read(_ path: String, limit: Int) throws -> Data {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure.last }
        defer { close(descriptor) }
        var bytes = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure.last }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= limit else { throw Failure("it is over \(limit >> 20) MiB") }
        }
    }

    /// Writes a file so that readers see the old one or the whole new one, readable by its owner alone.
    ///
    /// A device or a pipe is written to, never replaced.
    static func replace(_ path: String, with data: Data) throws {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            return try write(data, to: path, flags: O_WRONLY | O_CLOEXEC, mode: 0)
        }
        let beside = "\(path).\(getpid()).tmp"
        do {
            try create(beside, with: data, mode: 0o600)
            guard rename(beside, path) == 0 else { throw Failure.last }
        } catch {
            unlink(beside)
            throw error
        }
    }

    /// Writes a file that must not be there yet.
    static func create(_ path: String, with data: Data, mode: mode_t) throws {
        try write(data, to: path, flags: O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode: mode)
    }

    /// Makes a folder and those above it; one that is there is as good.
    static func makeFolder(_ path: String) throws {
        if mkdir(path, 0o777) == 0 { return }
        if errno == ENOENT {
            let parent = (path as NSString).deletingLastPathComponent
            guard parent != path, !parent.isEmpty else { throw Failure.last }
            try makeFolder(parent)
            guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw Failure.last }
            return
        }
        guard errno == EEXIST else { throw Failure.last }
    }

    private static func write(_ data: Data, to path: String, flags: Int32, mode: mode_t) throws {
        let descriptor = open(path, flags, mode)
        guard descriptor >= 0 else { throw Failure.last }
        var failure: Failure?
        data.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else {
                    failure = Failure.last
                    return
                }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
        // A full disk may show only when the file is closed.
        if close(descriptor) != 0, failure == nil { failure = Failure.last }
        if let failure { throw failure }
    }
}
