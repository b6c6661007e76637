/// Rules for texts that AWS, git and systems set, as far as a file alone can be checked against them.
enum TextRule {
    /// An EC2 instance type: `t3.medium`, `m7i-flex.large`, `u-6tb1.112xlarge`.
    static func isInstanceType(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count <= 64, let dot = bytes.firstIndex(of: UInt8(ascii: ".")) else { return false }
        let (family, size) = (bytes[..<dot], bytes[bytes.index(after: dot)...])
        return !family.isEmpty && !size.isEmpty && family.allSatisfy(NameSketch.isNameByte)
            && size.allSatisfy(NameSketch.isNameByte)
    }

    /// An AWS id of a kind: `ami-0abc`, `vpc-1`; the part after the dash is letters and digits.
    static func isID(_ text: String, prefix: String) -> Bool {
        guard text.hasPrefix(prefix), text.utf8.count > prefix.utf8.count, text.utf8.count <= 64 else { return false }
        return text.utf8.dropFirst(prefix.utf8.count).allSatisfy {
            NameSketch.isNameByte($0) && $0 != UInt8(ascii: "-")
        }
    }

    /// A bucket's name: 3 to 63 of a-z, 0-9, `.` and `-`, the first and last a letter or digit.
    /// Source: the S3 User Guide, "General purpose bucket naming rules".
    static func isBucket(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let isEdge = { (byte: UInt8?) in byte.map { NameSketch.isNameByte($0) && $0 != UInt8(ascii: "-") } ?? false }
        return (3...63).contains(bytes.count) && isEdge(bytes.first) && isEdge(bytes.last)
            && bytes.allSatisfy { NameSketch.isNameByte($0) || $0 == UInt8(ascii: ".") } && !text.contains("..")
    }

    /// An instance profile's name. Source: the IAM API Reference, CreateInstanceProfile.
    static func isInstanceProfile(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { isWord($0) || "+=,.@-".utf8.contains($0) }
    }

    /// Whose images: `self`, `amazon`, `aws-marketplace` or an account's 12 digits.
    static func isImageOwner(_ text: String) -> Bool {
        ["self", "amazon", "aws-marketplace"].contains(text)
            || (text.utf8.count == 12 && text.utf8.allSatisfy { (48...57).contains($0) })
    }

    /// The name of an SSM parameter, as a path or alone. Source: the SSM API Reference, PutParameter.
    static func isSSMName(_ text: String) -> Bool {
        guard (1...1011).contains(text.utf8.count), text.utf8.allSatisfy({ isWord($0) || "/.-".utf8.contains($0) })
        else { return false }
        let slash = UInt8(ascii: "/")
        guard text.utf8.contains(slash) else { return true }
        var previous: UInt8?
        for byte in text.utf8 {
            if byte == slash, previous == slash { return false }
            previous = byte
        }
        return text.utf8.first == slash && previous != slash
    }

    /// An environment variable's name (POSIX): letters, digits and `_`, not beginning with a digit.
    static func isEnvironmentName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 255 else { return false }
        return !(48...57).contains(first) && text.utf8.allSatisfy(isWord)
    }

    /// An e-mail address in the ASCII form that AWS tags and group names can hold.
    static func isEmail(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count <= 254, let at = bytes.firstIndex(of: UInt8(ascii: "@")) else { return false }
        let (local, domain) = (bytes[..<at], bytes[bytes.index(after: at)...])
        guard (1...64).contains(local.count), let first = domain.first, let last = domain.last else { return false }
        let (dot, dash) = (UInt8(ascii: "."), UInt8(ascii: "-"))
        return local.allSatisfy { isWord($0) || ".!#$%&'*+/=?^`{|}~-".utf8.contains($0) }
            && domain.allSatisfy { isWord($0) || $0 == dot || $0 == dash } && first != dot && last != dot
            && last != dash
    }

    /// A branch, tag or commit. Source: git-check-ref-format(1).
    static func isGitRef(_ text: String) -> Bool {
        guard (1...255).contains(text.utf8.count), !text.hasPrefix("-"), !text.hasPrefix("/"), !text.hasSuffix("/"),
            !text.hasSuffix("."), !text.hasSuffix(".lock"), !text.contains(".."), !text.contains("//"),
            !text.contains("@{"), text != "@"
        else { return false }
        return text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"~^:?*[\\".utf8.contains($0) }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
    }
}
