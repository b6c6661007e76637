import Diagnostics
import Glibc

/// A walk through one of the repository's folders: every .yaml and .yml file in it and below it, by name.
///
/// DESIGN. Subfolders wait on a stack, so depth costs no recursion. Links to folders wait until all real folders are
/// read; a folder is entered once, so links can form no loop and no avalanche. Hidden names are passed over.
struct FolderWalk {
    /// Folders within folders, so that a path stays one the system can open.
    private static let depthLimit = 64

    private enum Entry {
        case file
        case folder
        case link
        case special(String)
    }

    /// A folder is known by its device and inode.
    private struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    private let repository: RepositoryFolder
    private let findings: Findings
    private var entered: Set<Identity> = []
    private var folders: [String] = []
    private var links: [String] = []

    init(_ repository: RepositoryFolder, findings: Findings) {
        self.repository = repository
        self.findings = findings
    }

    /// Gives each file's path (relative to the root, with `/`) and bytes; the bytes are valid during the call.
    mutating func read(
        _ folder: String, into buffer: inout ReadBuffer, each: (String, UnsafeBufferPointer<UInt8>) -> Void
    ) {
        folders = [folder]
        links = []
        while true {
            if let next = folders.popLast() {
                readFolder(next, &buffer, each)
            } else if let link = links.popLast() {
                follow(link, &buffer, each)
            } else {
                return
            }
        }
    }

    private mutating func readFolder(
        _ path: String, _ buffer: inout ReadBuffer, _ each: (String, UnsafeBufferPointer<UInt8>) -> Void
    ) {
        guard let real = resolve(path) else { return }
        guard let stream = opendir(real) else {
            findings.error(.init(file: path), "can't read this folder: \(RepositoryFolder.reason(errno))")
            return
        }
        defer { closedir(stream) }
        let descriptor = dirfd(stream)
        guard enter(descriptor) else {
            findings.error(.init(file: path), "this symbolic link leads to a folder that is read already")
            return
        }
        var subfolders: [String] = []
        for (name, entry) in entries(of: stream, descriptor, in: path) {
            let below = "\(path)/\(name)"
            switch entry {
            case .file:
                guard isYAML(name) else { continue }
                do {
                    try buffer.fill(
                        from: openat(descriptor, name, RepositoryFolder.flags), limit: RepositoryFolder.fileLimit)
                    each(below, buffer.bytes)
                } catch {
                    findings.error(.init(file: below), error.asFound)
                }
            case .folder:
                if isYAML(name) {
                    findings.error(.init(file: below), FileFault.folder.asFound)
                } else {
                    subfolders.append(below)
                }
            case .link:
                links.append(below)
            case .special(let kind):
                if isYAML(name) { findings.error(.init(file: below), FileFault.special(kind).asFound) }
            }
        }
        descend(subfolders)
    }

    private mutating func descend(_ subfolders: [String]) {
        for folder in subfolders.reversed() {
            guard folder.utf8.filter({ $0 == UInt8(ascii: "/") }).count <= Self.depthLimit else {
                findings.error(.init(file: folder), "folders are nested over \(Self.depthLimit) levels deep")
                continue
            }
            folders.append(folder)
        }
    }

    /// A link is read as what it leads to, if that lies in the repository.
    private mutating func follow(
        _ path: String, _ buffer: inout ReadBuffer, _ each: (String, UnsafeBufferPointer<UInt8>) -> Void
    ) {
        guard let real = resolve(path) else { return }
        var status = stat()
        guard lstat(real, &status) == 0 else {
            return findings.error(.init(file: path), "can't read this file: \(RepositoryFolder.reason(errno))")
        }
        let fault = ReadBuffer.fault(ofMode: status.st_mode)
        if fault == .folder, !isYAML(path) { return readFolder(path, &buffer, each) }
        guard isYAML(path) else { return }
        do {
            try buffer.fill(from: open(real, RepositoryFolder.flags), limit: RepositoryFolder.fileLimit)
            each(path, buffer.bytes)
        } catch {
            findings.error(.init(file: path), error.asFound)
        }
    }

    /// Where a path really is; nil, and an error, where that is nowhere or outside. A folder that isn't there is no
    /// error.
    private func resolve(_ path: String) -> String? {
        do {
            return try repository.resolveInside(path)
        } catch .missing {
            return nil
        } catch {
            findings.error(.init(file: path), error.asFound)
            return nil
        }
    }

    private mutating func enter(_ descriptor: Int32) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return false }
        return entered.insert(Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))).inserted
    }

    /// The entries of a folder by name, hidden ones left out.
    private func entries(of stream: OpaquePointer, _ descriptor: Int32, in path: String) -> [(
        name: String, entry: Entry
    )] {
        var entries: [(name: String, entry: Entry)] = []
        // The name lies at the end of a record that is only as long as the name.
        let offset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0
        while let entry = readdir(stream) {
            let bytes = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            guard bytes[0] != CChar(bitPattern: UInt8(ascii: ".")) else { continue }
            guard let name = String(validatingCString: bytes) else {
                let shown = String(cString: bytes)
                if isYAML(shown) { findings.error(.init(file: "\(path)/\(shown)"), "this file's name is not UTF-8") }
                continue
            }
            entries.append((name, kind(of: name, type: Int32(entry.pointee.d_type), in: descriptor)))
        }
        entries.sort { $0.name < $1.name }
        return entries
    }

    private func kind(of name: String, type: Int32, in descriptor: Int32) -> Entry {
        switch type {
        case Int32(DT_REG): return .file
        case Int32(DT_DIR): return .folder
        case Int32(DT_LNK): return .link
        case Int32(DT_FIFO): return .special("pipe")
        case Int32(DT_SOCK): return .special("socket")
        case Int32(DT_CHR), Int32(DT_BLK): return .special("device")
        default: break
        }
        // Some file systems don't say.
        var status = stat()
        guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return .file }
        if status.st_mode & S_IFMT == S_IFLNK { return .link }
        switch ReadBuffer.fault(ofMode: status.st_mode) {
        case nil: return .file
        case .folder: return .folder
        case .special(let kind): return .special(kind)
        case .missing, .linkToNothing, .linkLoop, .leavesRepository, .tooLarge, .failed: return .file
        }
    }

    private func isYAML(_ name: String) -> Bool { name.hasSuffix(".yaml") || name.hasSuffix(".yml") }
}
