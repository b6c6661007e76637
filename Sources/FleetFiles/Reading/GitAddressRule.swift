/// What a git repository's address may look like: https, ssh, file, a path relative to the fleet repository, http on
/// loopback. Credentials never stand in it.
enum GitAddressRule {
    /// How git would talk to it.
    enum Transport {
        case https
        case ssh
        case file
    }

    /// The transport of an address, or what is wrong with it. The message quotes nothing that may be a credential.
    static func check(_ text: String) -> Result<Transport, Fault> {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return .failure("a url has no blanks in it") }
        guard let address = WebAddress(text) else { return withoutScheme(text) }
        switch address.scheme {
        case "https": return web(address)
        case "http":
            guard address.isLoopback else { return .failure("http:// is for loopback only; use https://") }
            return web(address)
        case "ssh":
            guard !address.host.isEmpty, address.path.count > 1 else { return .failure(incomplete) }
            guard address.userinfo?.contains(":") != true else { return .failure(credentials) }
            return .success(.ssh)
        case "file":
            guard address.host.isEmpty, address.path.count > 1 else {
                return .failure("a file url has three slashes: file:///srv/git/bots.git")
            }
            return .success(.file)
        default:
            return .failure("\(Quotation.quoted(address.scheme))" + "://" + unknownForm)
        }
    }

    private static func web(_ address: WebAddress) -> Result<Transport, Fault> {
        guard address.userinfo == nil else { return .failure(credentials) }
        guard address.query == nil else { return .failure("a url has no query; credentials belong to 'auth'") }
        return address.host.isEmpty || address.path.count < 2 ? .failure(incomplete) : .success(.https)
    }

    /// `git@host:path`, or a relative path.
    private static func withoutScheme(_ text: String) -> Result<Transport, Fault> {
        if text.contains("://") { return .failure("this url can't be read") }
        if text.hasPrefix("/") { return .failure("write an absolute path as file://\(text)") }
        if text.hasPrefix("~") { return .failure("'~' has no meaning here; write file:///…") }
        guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") else { return .success(.file) }
        let host = text[..<colon]
        guard host.contains("@") else { return .failure("write ssh://git@host/path or git@host:path") }
        let isWhole = text.index(after: colon) < text.endIndex && !host.hasSuffix("@") && !host.hasPrefix("@")
        return isWhole ? .success(.ssh) : .failure(incomplete)
    }

    private static let incomplete: Fault = "this url names no host or no repository"
    private static let credentials: Fault = "a url never holds credentials; use 'auth' with {env: NAME}, or ssh-agent"
    private static let unknownForm = " can't be fetched; use https, ssh, file or a path relative to this repository"

    /// What is wrong, in a few words.
    struct Fault: Error, ExpressibleByStringInterpolation {
        var message: String
        init(stringLiteral value: String) { message = value }
    }
}

extension GitAddressRule.Fault {
    fileprivate static func + (left: Self, right: String) -> Self { Self(stringLiteral: left.message + right) }
}

extension FieldReader {
    /// A git repository's address with its transport.
    func gitAddress() -> (url: String, transport: GitAddressRule.Transport)? {
        guard let text = text(limit: 1024) else { return nil }
        switch GitAddressRule.check(text) {
        case .success(let transport): return (text, transport)
        case .failure(let fault):
            error("'\(name)': \(fault.message)")
            return nil
        }
    }

    /// An http or https URL without credentials in it.
    func webAddress() -> String? {
        guard let text = text(limit: 1024) else { return nil }
        guard let address = WebAddress(text), ["http", "https"].contains(address.scheme), !address.host.isEmpty else {
            error("'\(name)' takes a url like https://example.com, not \(Quotation.quoted(text))")
            return nil
        }
        guard address.userinfo == nil else {
            error("'\(name)': a url never holds credentials")
            return nil
        }
        return text
    }
}
