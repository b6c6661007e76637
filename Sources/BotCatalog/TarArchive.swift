/// Writes a POSIX tar archive (IEEE Std 1003.1 pax: ustar headers, extended headers where a name needs one).
///
/// Deterministic: times are 0, owners are 0 without names, modes 0644 and 0755. The caller adds entries in order.
struct TarArchive {
    private(set) var bytes: [UInt8] = []
    private static let blockSize = 512

    /// Adds a file.
    mutating func add(file path: String, bytes content: [UInt8], isExecutable: Bool) {
        let mode = isExecutable ? 0o755 : 0o644
        addEntry(path: path, link: "", type: "0", mode: mode, size: content.count)
        bytes.append(contentsOf: content)
        pad()
    }

    /// Adds a symbolic link.
    mutating func add(link path: String, to target: String) {
        addEntry(path: path, link: target, type: "2", mode: 0o777, size: 0)
    }

    /// Ends the archive: two blocks of zeros.
    mutating func finish() {
        bytes.append(contentsOf: repeatElement(0, count: 2 * Self.blockSize))
    }

    private mutating func addEntry(path: String, link: String, type: Unicode.Scalar, mode: Int, size: Int) {
        let records = [("path", path), ("linkpath", link)].filter { !Self.fits($0.1) }
        if !records.isEmpty {
            let content = records.flatMap { Self.record($0.0, $0.1) }
            addHeader(path: "./PaxHeaders", link: "", type: "x", mode: 0o644, size: content.count)
            bytes.append(contentsOf: content)
            pad()
        }
        addHeader(path: path, link: link, type: type, mode: mode, size: size)
    }

    /// Whether a name can stand in a ustar header as it is.
    private static func fits(_ text: String) -> Bool {
        text.utf8.count <= 100 && text.utf8.allSatisfy { (32..<127).contains($0) }
    }

    /// `LENGTH KEYWORD=VALUE\n`, where the length counts itself.
    private static func record(_ keyword: String, _ value: String) -> [UInt8] {
        let rest = Array(" \(keyword)=\(value)\n".utf8)
        var length = rest.count + 1
        while String(length).utf8.count + rest.count != length { length = String(length).utf8.count + rest.count }
        return Array(String(length).utf8) + rest
    }

    private mutating func addHeader(path: String, link: String, type: Unicode.Scalar, mode: Int, size: Int) {
        var header = [UInt8](repeating: 0, count: Self.blockSize)
        func put(_ text: some Sequence<UInt8>, at offset: Int, limit: Int) {
            for (index, byte) in text.prefix(limit).enumerated() { header[offset + index] = byte }
        }
        func octal(_ value: Int, digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        put(Self.plain(path), at: 0, limit: 100)
        put(octal(mode, digits: 7).utf8, at: 100, limit: 7)
        put(octal(0, digits: 7).utf8, at: 108, limit: 7)
        put(octal(0, digits: 7).utf8, at: 116, limit: 7)
        put(octal(size, digits: 11).utf8, at: 124, limit: 11)
        put(octal(0, digits: 11).utf8, at: 136, limit: 11)
        put("        ".utf8, at: 148, limit: 8)
        header[156] = UInt8(ascii: type)
        put(Self.plain(link), at: 157, limit: 100)
        put("ustar\0".utf8, at: 257, limit: 6)
        put("00".utf8, at: 263, limit: 2)
        let sum = header.reduce(0) { $0 + Int($1) }
        put((octal(sum, digits: 6) + "\0 ").utf8, at: 148, limit: 8)
        bytes.append(contentsOf: header)
    }

    /// What old readers see of a name that an extended header replaces.
    private static func plain(_ text: String) -> [UInt8] {
        fits(text) ? Array(text.utf8) : text.utf8.prefix(100).map { (32..<127).contains($0) ? $0 : UInt8(ascii: "_") }
    }

    private mutating func pad() {
        let rest = bytes.count % Self.blockSize
        if rest > 0 { bytes.append(contentsOf: repeatElement(0, count: Self.blockSize - rest)) }
    }
}
