import CZlib

/// What zlib refused to do.
public struct ZlibError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was attempted.
    public let operation: String
    /// zlib's return code (`Z_DATA_ERROR` is -3); 0 where the failure is this overlay's finding.
    public let code: Int
    /// zlib's words, or this overlay's.
    public let message: String
    /// Whether the result would pass the bound that was asked for.
    public let isOverLimit: Bool

    init(operation: String, code: Int, message: String, isOverLimit: Bool = false) {
        self.operation = operation
        self.code = code
        self.message = message
        self.isOverLimit = isOverLimit
    }

    /// `could not OPERATION: MESSAGE`.
    public var description: String { "could not \(operation): \(message)" }

    static func check(_ code: CInt, _ operation: String) throws(ZlibError) {
        guard code == Z_OK else {
            throw ZlibError(operation: operation, code: Int(code), message: String(cString: zError(code)))
        }
    }

    /// The stream's own message, or the code's.
    static func text(_ code: CInt, _ stream: z_stream) -> String {
        if let message = stream.msg { return String(cString: message) }
        return String(cString: zError(code))
    }
}
