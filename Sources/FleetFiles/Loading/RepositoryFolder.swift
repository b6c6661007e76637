import Glibc

/// The folder of a fleet repository, and safe reading within it.
///
/// DESIGN. Nothing outside the folder is read whatever links say, nothing is waited for (a pipe is told, not opened for
/// reading), and no more than a bound is read. A path is resolved by the system (`realpath`), compared with the
/// resolved root, and opened without following a link in its last part; what was opened is asked what it is.
struct RepositoryFolder {
    /// Bytes that a file may have.
    static let fileLimit = 4 * 1_048_576

    /// Absolute and without links.
    let root: String

    /// Resolves a folder.
    /// - Throws: `FileFault` when there is no such folder.
    init(_ folder: String) throws(FileFault) {
        root = try Self.resolve(folder)
        var status = stat()
        guard stat(root, &status) == 0 else { throw .failed(reason: Self.reason(errno)) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .special("file") }
    }

    /// Reads a file that a field names, by its path relative to the root with `/`.
    func read(_ path: String, limit: Int = RepositoryFolder.fileLimit) throws(FileFault) -> [UInt8] {
        guard !path.hasPrefix("/"), !path.utf8.contains(0), Self.staysInside(path) else { throw .leavesRepository }
        let real = try resolveInside(path)
        var buffer = ReadBuffer(limit: limit)
        try buffer.fill(from: open(real, Self.flags), limit: limit)
        return Array(buffer.bytes)
    }

    /// Where a path within the repository really is.
    /// - Throws: `FileFault.leavesRepository` when that is outside it.
    func resolveInside(_ path: String) throws(FileFault) -> String {
        let full = "\(root)/\(path)"
        let real: String
        do {
            real = try Self.resolve(full)
        } catch .missing {
            // Nothing at all, or a link to nothing.
            if let target = Self.linkTarget(full) { throw .linkToNothing(target: target) }
            throw .missing
        }
        guard real == root || real.hasPrefix(root == "/" ? "/" : "\(root)/") else { throw .leavesRepository }
        return real
    }

    /// A link as the last part is refused by the system, and a pipe without a writer is not waited for.
    static let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC

    /// Whether a relative path stays inside by its words alone.
    private static func staysInside(_ path: String) -> Bool {
        var depth = 0
        for part in path.split(separator: "/") where part != "." {
            depth += part == ".." ? -1 : 1
            if depth < 0 { return false }
        }
        return true
    }

    private static func resolve(_ path: String) throws(FileFault) -> String {
        guard let resolved = realpath(path, nil) else {
            switch errno {
            case ENOENT, ENOTDIR: throw .missing
            case ELOOP: throw .linkLoop
            case let code: throw .failed(reason: reason(code))
            }
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// What a symbolic link says; nil for anything else.
    static func linkTarget(_ path: String) -> String? {
        var target = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &target, target.count)
        return count < 0 ? nil : String(decoding: target[0..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The system's words for an error number.
    static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// Memory that files are read into one after the other.
struct ReadBuffer: ~Copyable {
    private var storage: UnsafeMutableRawBufferPointer
    private var count = 0

    /// A buffer that grows as files need it, to one byte over the limit.
    init(limit: Int) {
        storage = .allocate(byteCount: min(limit + 1, 65_536), alignment: 16)
    }

    deinit { storage.deallocate() }

    /// What was read last; valid until the next `fill`.
    var bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: UnsafeRawBufferPointer(storage).bindMemory(to: UInt8.self)[0..<count])
    }

    /// Reads what a descriptor stands for, a regular file of at most `limit` bytes, and closes it.
    /// - Parameter descriptor: what `open` returned; negative where it failed, with the reason in `errno`.
    mutating func fill(from descriptor: Int32, limit: Int) throws(FileFault) {
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT: throw .missing
            case ELOOP: throw .linkLoop
            case ENXIO: throw .special("socket")
            case let code: throw .failed(reason: RepositoryFolder.reason(code))
            }
        }
        defer { close(descriptor) }
        count = 0
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .failed(reason: RepositoryFolder.reason(errno)) }
        if let fault = Self.fault(ofMode: status.st_mode) { throw fault }
        guard Int(status.st_size) <= limit else { throw .tooLarge(limit: limit) }
        while true {
            if count == storage.count { grow(limit: limit) }
            let got = read(descriptor, storage.baseAddress?.advanced(by: count), storage.count - count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .failed(reason: RepositoryFolder.reason(errno)) }
            count += got
            guard count <= limit else { throw .tooLarge(limit: limit) }
            // The size that fstat gave was read: a regular file is at its end, and a call is saved.
            if got == 0 || count == Int(status.st_size) { return }
        }
    }

    /// Why a file of this mode is not read; nil for a regular file.
    static func fault(ofMode mode: mode_t) -> FileFault? {
        switch mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: .folder
        case S_IFIFO: .special("pipe")
        case S_IFSOCK: .special("socket")
        default: .special("device")
        }
    }

    private mutating func grow(limit: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: min(limit + 1, storage.count * 4), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[0..<count]))
        storage.deallocate()
        storage = larger
    }
}
