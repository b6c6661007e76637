import CZlib

/// The gzip form of bytes (RFC 1952), through zlib.
public enum Gzip {
    /// Compresses; the same bytes, level and version of zlib give the same result on every machine and day.
    ///
    /// The header holds no time and no name (zlib writes mtime 0 where no header is set) and its system byte is fixed to
    /// 3, Unix. `level` is 1…9. Throws when zlib refuses. Source: `deflateInit2`, `deflate` in zlib.h.
    public static func compress(_ bytes: [UInt8], level: Int = 9) throws(ZlibError) -> [UInt8] {
        var stream = z_stream()
        try ZlibError.check(
            deflateInit2_(
                &stream, Int32(level), Z_DEFLATED, gzipWindow, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)),
            "start compressing")
        defer { deflateEnd(&stream) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count / 4 + 64)
        try Pump.run(bytes, &stream) { (stream, isLastInput) throws(ZlibError) in
            let code = deflate(&stream, isLastInput ? Z_FINISH : Z_NO_FLUSH)
            guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
                throw ZlibError(operation: "compress", code: Int(code), message: ZlibError.text(code, stream))
            }
            return code == Z_STREAM_END ? .done : .goOn
        } collect: { output throws(ZlibError) in
            result.append(contentsOf: output)
        }
        result[systemByte] = 3
        return result
    }

    /// Decompresses one gzip member or several, and gives up as soon as the result passes `limit` bytes.
    ///
    /// Throws with `isOverLimit` for a bomb, and without for bytes that are cut short, damaged, or followed by something
    /// else. Source: `inflateInit2`, `inflate` in zlib.h.
    public static func decompress(_ bytes: [UInt8], limit: Int) throws(ZlibError) -> [UInt8] {
        var stream = z_stream()
        try ZlibError.check(
            inflateInit2_(&stream, gzipWindow, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)),
            "start decompressing")
        defer { inflateEnd(&stream) }
        var result: [UInt8] = []
        try Pump.run(bytes, &stream) { (stream, isLastInput) throws(ZlibError) in
            let before = (stream.avail_in, stream.avail_out)
            let code = inflate(&stream, Z_NO_FLUSH)
            switch code {
            case Z_STREAM_END where stream.avail_in == 0 && isLastInput: return .done
            case Z_STREAM_END:
                try ZlibError.check(inflateReset(&stream), "decompress the next member")
                return .goOn
            case Z_OK, Z_BUF_ERROR:
                guard isLastInput, before == (stream.avail_in, stream.avail_out) else { return .goOn }
                throw ZlibError(operation: "decompress", code: Int(Z_BUF_ERROR), message: "the data is cut short")
            default:
                throw ZlibError(operation: "decompress", code: Int(code), message: ZlibError.text(code, stream))
            }
        } collect: { output throws(ZlibError) in
            guard result.count + output.count <= limit else {
                throw ZlibError(
                    operation: "decompress", code: 0, message: "more than \(limit) bytes", isOverLimit: true)
            }
            result.append(contentsOf: output)
        }
        return result
    }

    /// 15 bits of window, plus 16 for gzip's header and trailer.
    private static var gzipWindow: Int32 { 15 + 16 }
    /// RFC 1952, 2.3: the tenth byte names the operating system.
    private static var systemByte: Int { 9 }
}
