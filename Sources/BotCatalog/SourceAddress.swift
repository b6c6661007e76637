import FleetModel
import LibGit2

/// Where a bot source is fetched from, and as whom.
struct SourceAddress: Hashable {
    /// What libgit2 is given: `https://…`, `ssh://…`, `git@host:path`, `file:///…`.
    let url: String
    let credentials: GitCredentials

    /// Checks a source's URL and auth against SPEC 1.
    ///
    /// A path is relative to `folder`, the fleet repository; it becomes a file URL, so that a colon in it is no host.
    /// Throws `.configuration` and `.missingCredential`.
    init(_ source: BotSource, folder: String, environment: [String: String]) throws(BotCatalogError) {
        let transport = try Transport(source.url, of: source.name)
        url = transport == .path ? Self.fileURL(source.url, in: folder) : source.url
        credentials = try Self.credentials(source, transport, folder: folder, environment: environment)
    }

    /// The URL alone, for reading the cache: needs no credentials.
    static func url(of source: BotSource, folder: String) throws(BotCatalogError) -> String {
        let transport = try Transport(source.url, of: source.name)
        return transport == .path ? fileURL(source.url, in: folder) : source.url
    }

    private static func fileURL(_ path: String, in folder: String) -> String {
        let absolute = path.hasPrefix("/") ? path : folder + "/" + path
        var names: [Substring] = []
        for name in absolute.split(separator: "/") where name != "." {
            if name == ".." { _ = names.popLast() } else { names.append(name) }
        }
        let encoded = ("/" + names.joined(separator: "/")).utf8.map { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "~"):
                String(Unicode.Scalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return "file://" + encoded.joined()
    }

    private static func credentials(
        _ source: BotSource, _ transport: Transport, folder: String, environment: [String: String]
    ) throws(BotCatalogError) -> GitCredentials {
        switch source.auth {
        case nil:
            return transport == .ssh ? .sshAgent : .none
        case .token(let reference):
            guard transport == .https || transport == .loopback else {
                throw BotCatalogError(
                    .configuration, "bot source '\(source.name)': auth.token is for https, and the URL is not",
                    hint: "use an https URL, or auth: {ssh_key_file: …} for ssh")
            }
            guard let token = environment[reference.env], !token.isEmpty else {
                throw BotCatalogError(
                    .missingCredential,
                    "bot source '\(source.name)': the environment variable \(reference.env) of auth.token is not set",
                    hint: "export \(reference.env)")
            }
            return .token(token)
        case .sshKeyFile(let path):
            guard transport == .ssh else {
                throw BotCatalogError(
                    .configuration, "bot source '\(source.name)': auth.ssh_key_file is for ssh, and the URL is not",
                    hint: "use an ssh URL, or auth: {token: {env: …}} for https")
            }
            if path.hasPrefix("~/"), let home = environment["HOME"] {
                return .sshKeyFile(path: home + path.dropFirst())
            }
            return .sshKeyFile(path: path.hasPrefix("/") ? path : folder + "/" + path)
        }
    }
}

/// The ways to a repository that SPEC 1 knows.
private enum Transport {
    case path
    case file
    case https
    /// http, which is allowed to this machine alone.
    case loopback
    case ssh

    init(_ url: String, of source: String) throws(BotCatalogError) {
        func refusal(_ message: String, hint: String) -> BotCatalogError {
            BotCatalogError(.configuration, "bot source '\(source)': \(message)", hint: hint)
        }
        guard !url.isEmpty, !url.utf8.contains(where: { $0 < 32 || $0 == 127 }) else {
            throw refusal("the URL is empty or holds control characters", hint: "write https, ssh, file or a path")
        }
        guard let separator = url.firstRange(of: "://") else {
            // `host:path` is ssh's short form, unless a slash comes before the colon.
            let head = url.prefix { $0 != "/" && $0 != ":" }
            self = url[head.endIndex...].hasPrefix(":") ? .ssh : .path
            return
        }
        let authority = url[separator.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let user = authority.lastIndex(of: "@").map { authority[..<$0] }
        let withoutCredentials = "remove them from the URL; credentials go into auth"
        switch url[..<separator.lowerBound].lowercased() {
        case "https":
            guard user == nil else { throw refusal("the URL holds credentials", hint: withoutCredentials) }
            self = .https
        case "http":
            guard user == nil else { throw refusal("the URL holds credentials", hint: withoutCredentials) }
            guard Self.isLoopback(authority) else {
                throw refusal("http is for this machine's loopback alone", hint: "use https")
            }
            self = .loopback
        case "ssh":
            guard user?.contains(":") != true else {
                throw refusal("the URL holds a password", hint: withoutCredentials)
            }
            self = .ssh
        case "file": self = .file
        case let scheme: throw refusal("'\(scheme)' URLs are not supported", hint: "use https, ssh, file or a path")
        }
    }

    private static func isLoopback(_ authority: Substring) -> Bool {
        if authority == "[::1]" || authority.hasPrefix("[::1]:") { return true }
        let host = authority.prefix { $0 != ":" }.lowercased()
        if host == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
