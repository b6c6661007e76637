/// A URL's parts, as far as files need to be checked: `scheme://user:password@host:port/path?query`.
struct WebAddress {
    var scheme: String
    /// What stands before `@`; nil where nothing does.
    var userinfo: String?
    /// Without brackets for IPv6; may be empty (`file:///x`).
    var host: String
    var port: Int?
    /// With its leading `/`; empty where there is none.
    var path: String
    var query: String?

    /// Reads a URL with `://` and no blanks or control characters; nil for anything else.
    init?(_ text: String) {
        guard let colon = text.range(ofSeparator: "://"), text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            return nil
        }
        scheme = text[..<colon.lowerBound].lowercased()
        guard let first = scheme.utf8.first, (97...122).contains(first),
            scheme.utf8.allSatisfy({ NameSketch.isNameByte($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: ".") })
        else { return nil }
        let rest = text[colon.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        var authority = rest[..<end]
        if let at = authority.lastIndex(of: "@") {
            userinfo = String(authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        let tail = rest[end...]
        guard !tail.contains("#") else { return nil }
        let mark = tail.firstIndex(of: "?") ?? tail.endIndex
        path = String(tail[..<mark])
        query = mark == tail.endIndex ? nil : String(tail[tail.index(after: mark)...])
        host = ""
        guard readHost(authority) else { return nil }
    }

    /// Whether a text is an http or https URL of the plainest kind: a name as host, no user, no port, all ASCII.
    ///
    /// False says nothing: the parts decide then. Nearly all URLs of a fleet are of this kind, and a tenth of the time is
    /// enough to see it.
    static func isPlain(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let scheme = ["https://", "http://"].first(where: { bytes.starts(with: $0.utf8) }) else { return false }
        let rest = bytes.dropFirst(scheme.utf8.count)
        let tail = rest.drop { NameSketch.isNameByte($0) || $0 == UInt8(ascii: ".") }
        guard tail.startIndex > rest.startIndex, tail.first ?? UInt8(ascii: "/") == UInt8(ascii: "/") else {
            return false
        }
        return tail.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }
    }

    private mutating func readHost(_ authority: Substring) -> Bool {
        var portText: Substring?
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { return false }
            host = String(authority[authority.index(after: authority.startIndex)..<close])
            let after = authority[authority.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else { return false }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = authority.lastIndex(of: ":") {
            host = String(authority[..<colon])
            portText = authority[authority.index(after: colon)...]
        } else {
            host = String(authority)
        }
        guard let portText else { return true }
        guard let number = DecimalText.integer(String(portText)), (1...65535).contains(number) else { return false }
        port = number
        return true
    }

    /// Whether the host is this machine: `localhost`, 127.0.0.0/8 or `::1`.
    var isLoopback: Bool {
        if host.lowercased() == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

extension String {
    /// Where a separator stands first.
    fileprivate func range(ofSeparator separator: String) -> Range<Index>? {
        let first = separator.first
        var rest = self[...]
        while let start = rest.firstIndex(where: { $0 == first }) {
            rest = rest[start...]
            if rest.hasPrefix(separator) { return start..<index(start, offsetBy: separator.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}
