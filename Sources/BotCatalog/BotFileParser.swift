import Diagnostics
import FleetModel

/// Reads what a .js file says of itself in its ABOUT and PARAMS comments (SPEC 1).
public struct BotFileParser {
    /// What a file turned out to be.
    public struct Reading: Equatable, Sendable {
        /// The bot; nil when the file has no block, or when a block is missing or does not parse.
        public let bot: Bot?
        /// Whether the file has either block, and so means to be a bot.
        public let isCandidate: Bool
        /// The name in ABOUT, also of a file that is no bot for another reason.
        public let name: String?
        /// Sorted by place. Faults have the severity that the parser was given; unknown types are always warnings.
        public let diagnostics: [Diagnostic]
    }

    private let source: String
    private let path: String
    private let commit: String?
    private let severity: Diagnostic.Severity
    private let text: TextPosition
    private var diagnostics: [Diagnostic] = []
    private var isFaulty = false

    /// Parses the file's bytes.
    ///
    /// `path` is the script's path in its repository, `file` what diagnostics call it. `faults` is the severity of blocks
    /// that are missing or don't parse: a warning in a source, an error in a custom bot. A file with neither block has no
    /// diagnostics.
    public static func parse(
        _ bytes: [UInt8], source: String, path: String, commit: String?, file: String,
        faults severity: Diagnostic.Severity = .warning
    ) -> Reading {
        var parser = BotFileParser(
            source: source, path: path, commit: commit, severity: severity, text: TextPosition(bytes: bytes, file: file)
        )
        return parser.read()
    }

    private mutating func read() -> Reading {
        let blocks = CommentBlock.all(in: text.bytes)
        guard !blocks.isEmpty else { return Reading(bot: nil, isCandidate: false, name: nil, diagnostics: []) }
        let about = json(.about, in: blocks)
        let params = json(.params, in: blocks)
        var name: String?
        var bot: Bot?
        if let about, let members = members(of: about, .about) {
            (name, bot) = readAbout(members, at: about.offset)
        }
        let parameters = params.flatMap { readParameters($0) }
        if let parameters { bot?.parameters = parameters }
        let isWhole = !isFaulty && parameters != nil
        return Reading(
            bot: isWhole ? bot : nil, isCandidate: true, name: name, diagnostics: diagnostics.sorted())
    }

    // MARK: Blocks

    private mutating func json(_ kind: CommentBlock.Kind, in blocks: [CommentBlock]) -> PositionedJSON? {
        let own = blocks.filter { $0.kind == kind }
        guard let block = own.first else {
            let other = blocks[0].kind.rawValue
            fault(
                blocks[0].offset,
                "there is \(other == "ABOUT" ? "an" : "a") \(other) block but no \(kind.rawValue) block")
            return nil
        }
        if own.count > 1 { fault(own[1].offset, "a second \(kind.rawValue) block (a file is one bot)") }
        guard let content = block.content else {
            fault(block.offset, "the \(kind.rawValue) comment is never closed")
            return nil
        }
        do throws(JSONFault) {
            return try PositionedJSONReader.read(text.bytes, in: content)
        } catch {
            fault(error.offset, "\(kind.rawValue): \(error.message)")
            return nil
        }
    }

    private mutating func members(of json: PositionedJSON, _ kind: CommentBlock.Kind) -> [PositionedJSON.Member]? {
        guard case .object(let members) = json.value else {
            fault(json.offset, "\(kind.rawValue): expected an object, found \(json.kindName)")
            return nil
        }
        return members
    }

    // MARK: ABOUT

    private mutating func readAbout(_ members: [PositionedJSON.Member], at offset: Int) -> (name: String?, bot: Bot?) {
        var texts: [String: String] = [:]
        let known = ["name", "description", "icon", "platform"]
        var sawName = false
        for member in members {
            sawName = sawName || member.key == "name"
            guard known.contains(member.key) else {
                warnAboutLikely(member, known)
                continue
            }
            texts[member.key] = string(member, "ABOUT")
        }
        guard let name = texts["name"] else {
            if !sawName { fault(offset, "ABOUT: 'name' is missing") }
            return (nil, nil)
        }
        guard Name.isValid(name) else {
            let place = members.first { $0.key == "name" }?.value.offset ?? offset
            fault(
                place,
                "ABOUT: '\(name)' is not a name (lower-case letters, digits and inner hyphens, at most 63 characters)")
            return (nil, nil)
        }
        let bot = Bot(
            name: name, source: source, path: path, commit: commit, description: texts["description"],
            platform: texts["platform"], icon: texts["icon"])
        return (name, bot)
    }

    // MARK: PARAMS

    private mutating func readParameters(_ json: PositionedJSON) -> [BotParameter]? {
        var found: [(name: String, offset: Int, parameter: BotParameter?)] = []
        switch json.value {
        case .array(let elements):
            for element in elements {
                guard let members = members(of: element, .params) else { continue }
                guard let member = members.first(where: { $0.key == "name" }) else {
                    fault(element.offset, "PARAMS: a parameter without 'name'")
                    continue
                }
                guard let name = string(member, "PARAMS") else { continue }
                found.append((name, member.value.offset, readParameter(name, member.value.offset, members)))
            }
        case .object(let entries):
            for entry in entries {
                guard let members = members(of: entry.value, .params) else { continue }
                if let own = members.first(where: { $0.key == "name" }), let name = string(own, "PARAMS"),
                    name != entry.key
                {
                    fault(own.value.offset, "PARAMS: the key says '\(entry.key)', the name says '\(name)'")
                }
                found.append((entry.key, entry.keyOffset, readParameter(entry.key, entry.keyOffset, members)))
            }
        case .null, .boolean, .number, .string:
            fault(json.offset, "PARAMS: expected a list or an object, found \(json.kindName)")
            return nil
        }
        var names: Set<String> = []
        for (name, offset, _) in found where !names.insert(name).inserted {
            fault(offset, "PARAMS: duplicate parameter '\(name)'")
        }
        return found.compactMap(\.parameter)
    }

    private mutating func readParameter(
        _ name: String, _ offset: Int, _ members: [PositionedJSON.Member]
    ) -> BotParameter? {
        guard Self.isParameterName(name) else {
            fault(offset, "PARAMS: '\(name)' is not a parameter's name (1 to 64 letters, digits, '_', '-' and '.')")
            return nil
        }
        var reader = BotParameterReader(name: name, nameOffset: offset)
        let parameter = reader.read(members)
        for (offset, message) in reader.faults { fault(offset, "PARAMS: \(message)") }
        for (offset, message) in reader.warnings { warn(offset, "PARAMS: \(message)") }
        for member in members where !BotParameterReader.keys.contains(member.key) {
            warnAboutLikely(member, BotParameterReader.keys)
        }
        return parameter
    }

    /// Names go into params.json, YAML keys and the dashboard's form; the rule keeps them readable in all three.
    private static func isParameterName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    // MARK: Findings

    private mutating func string(_ member: PositionedJSON.Member, _ block: String) -> String? {
        guard case .string(let text) = member.value.value else {
            fault(member.value.offset, "\(block): '\(member.key)' takes a string, found \(member.value.kindName)")
            return nil
        }
        return text
    }

    /// Unknown keys are let pass, since other tools may read the blocks too; a likely slip of the pen is pointed at.
    private mutating func warnAboutLikely(_ member: PositionedJSON.Member, _ known: [String]) {
        guard let near = Suggestion.nearest(to: member.key, among: known) else { return }
        warn(member.keyOffset, "unknown key '\(member.key)' (did you mean '\(near)'?)")
    }

    private mutating func fault(_ offset: Int, _ message: String) {
        isFaulty = true
        diagnostics.append(Diagnostic(severity, text.location(offset), message))
    }

    private mutating func warn(_ offset: Int, _ message: String) {
        diagnostics.append(.warning(text.location(offset), message))
    }
}
