internal import CLibcrypto

/// A libcrypto call that failed, with libcrypto's own reason.
public struct CryptoError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The C function that failed.
    public let function: String
    /// libcrypto's packed error code; 0 when it left none.
    public let code: UInt
    /// libcrypto's text for the code.
    public let reason: String

    /// `EVP_Digest failed: error:0308010C:digital envelope routines::unsupported`.
    public var description: String { "\(function) failed: \(reason)" }

    /// The first error of this thread's queue, which is emptied: it must be read before anything else is called.
    static func last(during function: String) -> CryptoError {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0 else { return CryptoError(function: function, code: 0, reason: "no reason given") }
        var text = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(code, &text, text.count)
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return CryptoError(function: function, code: code, reason: String(decoding: bytes, as: UTF8.self))
    }
}
