import Glibc

extension UnsafeRawBufferPointer {
    /// Whether the ASCII text occurs in these bytes.
    func contains(_ text: StaticString) -> Bool {
        offset(of: text, from: 0) != nil
    }

    /// Where the ASCII text occurs first, at `start` or after it.
    func offset(of text: StaticString, from start: Int) -> Int? {
        let length = text.utf8CodeUnitCount
        guard let base = baseAddress, start >= 0, length > 0 else { return nil }
        var index = start
        while index + length <= count, let found = memchr(base + index, CInt(text.utf8Start[0]), count - index) {
            index = UnsafeRawPointer(found) - base
            guard index + length <= count else { return nil }
            if memcmp(found, text.utf8Start, length) == 0 { return index }
            index += 1
        }
        return nil
    }
}

extension [UInt8] {
    /// Where the ASCII text occurs first, at `start` or after it.
    func firstRange(of text: StaticString, from start: Int) -> Range<Int>? {
        withUnsafeBytes { bytes in
            bytes.offset(of: text, from: start).map { $0..<$0 + text.utf8CodeUnitCount }
        }
    }
}
