import FoundationEssentials
import Glibc

/// The one place of this room that reads files: a folder of TZif files.
struct ZoneFolder: Sendable {
    let path: String

    /// No zone's file is near this size; a larger one is something else.
    private static let mostBytes = 1 << 20
    /// The folder is two levels deep; links to a folder above it must not lead round in circles.
    private static let deepest = 3

    /// The bytes of a zone's file; `name` has the form of a zone name.
    func bytes(ofZone name: String) throws(TimeZoneFailure) -> [UInt8] {
        let file = "\(path)/\(name)"
        switch ZoneFolder.read(file, atMost: ZoneFolder.mostBytes) {
        case .bytes(let bytes): return bytes
        case .absent: throw .unknownZone(name, directory: path)
        case .failed(let reason): throw .unreadable(name, path: file, reason: reason)
        }
    }

    /// What the folder says its version is: a `+VERSION` file (BSD, macOS), or the first line of `tzdata.zi`.
    func version() -> String? {
        if case .bytes(let bytes) = ZoneFolder.read("\(path)/+VERSION", atMost: 64, cut: true) {
            let text = String(decoding: bytes, as: UTF8.self).prefix { !$0.isWhitespace }
            if !text.isEmpty { return String(text) }
        }
        guard case .bytes(let bytes) = ZoneFolder.read("\(path)/tzdata.zi", atMost: 64, cut: true) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" }.split(separator: " ")
        return words.count == 3 && words[0] == "#" && words[1] == "version" ? String(words[2]) : nil
    }

    /// The paths of all TZif files below the folder, relative to it, in no order.
    func zoneNames() -> [String] {
        var names: [String] = []
        collect("", depth: 0, into: &names)
        return names
    }

    private func collect(_ prefix: String, depth: Int, into names: inout [String]) {
        // A folder that cannot be read has no zones that could be used.
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(prefix)")) ?? []
        for entry in entries where depth > 0 || !["posix", "right"].contains(entry) {
            let file = "\(path)/\(prefix)\(entry)"
            var isFolder = false
            guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) else { continue }
            if isFolder {
                if depth < ZoneFolder.deepest { collect("\(prefix)\(entry)/", depth: depth + 1, into: &names) }
            } else if case .bytes(let bytes) = ZoneFolder.read(file, atMost: 4, cut: true), bytes == Array("TZif".utf8)
            {
                names.append("\(prefix)\(entry)")
            }
        }
    }

    private enum ReadResult {
        case bytes([UInt8])
        case absent
        case failed(String)
    }

    /// A regular file's bytes, or with `cut` its first ones. A pipe or device of that name is refused, never waited for.
    private static func read(_ file: String, atMost limit: Int, cut: Bool = false) -> ReadResult {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            return errno == ENOENT || errno == ENOTDIR ? .absent : .failed(String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .failed(String(cString: strerror(errno))) }
        if status.st_mode & S_IFMT == S_IFDIR { return .absent }
        guard status.st_mode & S_IFMT == S_IFREG else { return .failed("not a regular file") }
        guard cut || Int(status.st_size) <= limit else { return .failed("larger than \(limit) bytes") }
        var bytes = [UInt8](repeating: 0, count: min(limit, max(0, Int(status.st_size))))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                // The buffer has bytes left, so it has a base address.
                readAgainWhenInterrupted(descriptor, UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            }
            guard count >= 0 else { return .failed(String(cString: strerror(errno))) }
            guard count > 0 else { break }
            filled += count
        }
        return .bytes(Array(bytes[..<filled]))
    }
}

private func readAgainWhenInterrupted(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        if count >= 0 || errno != EINTR { return count }
    }
}
