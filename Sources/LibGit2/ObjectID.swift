import CLibgit2

/// The name of a git object: the SHA-1 of its content, 20 bytes.
///
/// Ordered as its bytes are, which is the order of its hex digits.
public struct ObjectID: Hashable, Sendable, Comparable {
    private let high: UInt64
    private let middle: UInt64
    private let low: UInt32

    /// Reads exactly 40 hex digits of either case; nil for anything else, an abbreviation included.
    public init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == 40, digits.allSatisfy(Self.isHexDigit) else { return nil }
        var oid = git_oid()
        guard git_oid_fromstrn(&oid, hex, digits.count) == 0 else { return nil }
        self.init(oid)
    }

    init(_ oid: git_oid) {
        (high, middle, low) = withUnsafeBytes(of: oid) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
            )
        }
    }

    /// The 40 lower-case hex digits.
    public var hex: String {
        var digits: [UInt8] = []
        digits.reserveCapacity(40)
        withUnsafeBytes(of: oid) { bytes in
            for byte in bytes {
                digits.append(Self.hexDigits[Int(byte >> 4)])
                digits.append(Self.hexDigits[Int(byte & 15)])
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    var oid: git_oid {
        var oid = git_oid()
        withUnsafeMutableBytes(of: &oid) { bytes in
            bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
        }
        return oid
    }

    /// Orders by bytes.
    public static func < (left: ObjectID, right: ObjectID) -> Bool {
        (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
    }

    static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
}

extension ObjectID: CustomStringConvertible {
    /// The 40 lower-case hex digits.
    public var description: String { hex }
}
