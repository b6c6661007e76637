import FleetModel
import LibYAML

/// Reads a document of bots/: a source of bots or a custom bot.
struct BotReader {
    /// What a document declares.
    enum Declaration {
        case source(Located<BotSource>)
        case custom(Located<CustomBot>)
    }

    let findings: Findings
    let repository: RepositoryFolder

    static let keys: [StaticString] = ["source", "url", "ref", "auth", "ignore", "bot", "script", "package"]
    private static let sourceKeys: [StaticString] = ["source", "url", "ref", "auth", "ignore"]
    private static let botKeys: [StaticString] = ["bot", "script", "package"]

    /// The source or bot; nil where the document has no readable name.
    func read(_ node: YAMLNode, file: String) -> Declaration? {
        let document = DocumentReader(file: file, mark: node.mark, findings: findings)
        guard node.kind == .mapping else {
            document.error(node.mark, "a bot or a source of bots is a mapping of keys, not \(node.description)")
            return nil
        }
        let isSource = node.position(ofKey: "source") != nil
        let isBot = node.position(ofKey: "bot") != nil
        guard isSource != isBot else {
            let top = MappingReader(node, path: "", keys: Self.keys, in: document)
            if isBot {
                top.error(at: "bot", "a document is either a 'source' or a 'bot'; put the second below a line '---'")
            } else {
                document.error(node.mark, "missing key 'source' (a git repository of bots) or 'bot' (a custom bot)")
            }
            return nil
        }
        let top = MappingReader(node, path: "", keys: isSource ? Self.sourceKeys : Self.botKeys, in: document)
        return isSource ? source(top, document) : custom(top, document)
    }

    private func source(_ top: MappingReader, _ document: DocumentReader) -> Declaration? {
        let field = top.required("source")
        let name = field?.name(of: "a source")
        if name == Bot.customSource {
            field?.error("the name '\(Bot.customSource)' is kept for this repository's own bots")
        }
        let address = top.required("url")?.gitAddress()
        var source = BotSource(name: name ?? "", url: address?.url ?? "")
        if let ref = top.field("ref")?.gitRef() { source.ref = ref }
        source.auth = top.field("auth").flatMap { authentication($0, transport: address?.transport) }
        if let items = top.field("ignore")?.items(of: "globs") {
            source.ignore = items.compactMap { glob($0) }
        }
        guard name != nil else { return nil }
        return .source(Located(source, at: document.location, places: document.places))
    }

    private func authentication(
        _ field: FieldReader, transport: GitAddressRule.Transport?
    ) -> BotSource.Authentication? {
        guard let auth = field.mapping(["token", "ssh_key_file"], example: "{token: {env: GIT_TOKEN}}") else {
            return nil
        }
        if auth.has("token"), auth.has("ssh_key_file") {
            auth.error(at: "ssh_key_file", "'token' and 'ssh_key_file' exclude each other; keep one")
            return nil
        }
        if let token = auth.field("token") {
            if let transport, transport != .https {
                token.error("a token is for https urls; ssh takes 'ssh_key_file' or ssh-agent")
            }
            return token.environmentReference().map(BotSource.Authentication.token)
        }
        guard let key = auth.field("ssh_key_file") else { return nil }
        if let transport, transport != .ssh { key.error("'ssh_key_file' is for ssh urls; https takes 'token'") }
        guard let path = key.text() else { return nil }
        guard !path.contains("PRIVATE KEY") else {
            key.error("a key never stands in a file; name the file that holds it")
            return nil
        }
        return .sshKeyFile(path)
    }

    private func glob(_ field: FieldReader) -> String? {
        field.text(
            limit: 1024, where: { !$0.hasPrefix("/") && !$0.utf8.contains(where: { $0 < 0x20 }) },
            must: "a glob relative to the repository, like test/*")
    }

    private func custom(_ top: MappingReader, _ document: DocumentReader) -> Declaration? {
        let name = top.required("bot")?.name(of: "a bot")
        let script = top.required("script").flatMap { companion($0, in: document.file, suffix: ".js") }
        let packageField = top.field("package")
        let package = packageField.flatMap { companion($0, in: document.file, suffix: ".json") }
        let lock = package.flatMap { lockFile(beside: $0, packageField) }
        guard let name else { return nil }
        let bot = CustomBot(
            name: name, script: script ?? CustomBot.File(path: "", bytes: []), package: package, lock: lock)
        return .custom(Located(bot, at: document.location, places: document.places))
    }

    /// Reads a file that lies beside the document's own.
    private func companion(_ field: FieldReader, in file: String, suffix: String) -> CustomBot.File? {
        guard let written = field.text(limit: 1024) else { return nil }
        guard written.hasSuffix(suffix) else {
            field.error("'\(field.name)' takes a \(suffix) file, not \(Quotation.quoted(written))")
            return nil
        }
        guard !written.hasPrefix("/") else {
            field.error("'\(field.name)' takes a path relative to this file, not an absolute one")
            return nil
        }
        let folder = file.split(separator: "/").dropLast().joined(separator: "/")
        guard let path = Self.normalized("\(folder)/\(written)") else {
            field.error(FileFault.leavesRepository.asNamed(written))
            return nil
        }
        do {
            return CustomBot.File(path: path, bytes: try repository.read(path))
        } catch {
            field.error(error.asNamed(path))
            return nil
        }
    }

    /// The package-lock.json beside a package.json; nil where there is none.
    private func lockFile(beside package: CustomBot.File, _ field: FieldReader?) -> CustomBot.File? {
        let folder = package.path.split(separator: "/").dropLast().joined(separator: "/")
        let path = "\(folder)/package-lock.json"
        do {
            return CustomBot.File(path: path, bytes: try repository.read(path))
        } catch {
            if error != .missing { field?.error(error.asNamed(path)) }
            return nil
        }
    }

    /// A path without `.` and `..`; nil where it leaves the repository.
    private static func normalized(_ path: String) -> String? {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." {
                guard parts.popLast() != nil else { return nil }
            } else {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }
}
