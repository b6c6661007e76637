import CLibgit2

/// Lends Swift strings to libgit2 as a `git_strarray`.
enum CStringArray {
    /// The array and its strings live for the call alone.
    static func with<Result>(_ strings: [String], _ body: (git_strarray) -> Result) -> Result {
        var buffer: [CChar] = []
        var offsets: [Int] = []
        for string in strings {
            offsets.append(buffer.count)
            buffer.append(contentsOf: string.utf8.map { CChar(bitPattern: $0) })
            buffer.append(0)
        }
        return buffer.withUnsafeMutableBufferPointer { characters in
            var pointers = offsets.map { offset in characters.baseAddress.map { $0 + offset } }
            return pointers.withUnsafeMutableBufferPointer { list in
                body(git_strarray(strings: list.baseAddress, count: strings.count))
            }
        }
    }
}
