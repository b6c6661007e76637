/// The `ignore` globs of a source: which files are neither bots nor part of bundles.
///
/// The rules are those of .gitignore, less negation: `*` and `?` match within a name, `[a-z]` and `[!a-z]` one character,
/// `**` any folders; a pattern without a slash (or with one at its end only) matches at any depth, one with a slash from
/// the root; a slash at the end means folders alone; what matches a folder ignores all that is in it. Case counts.
public struct IgnoreList: Hashable, Sendable {
    private struct Pattern: Hashable {
        let segments: [[Unicode.Scalar]]
        let foldersOnly: Bool
    }

    private let patterns: [Pattern]
    /// The patterns as written, sorted, each once: equal lists ignore the same.
    public let sources: [String]

    /// Empty patterns are passed over.
    public init(_ sources: [String]) {
        self.sources = Set(sources.filter { !$0.isEmpty }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        patterns = self.sources.map(Self.compile)
    }

    private static func compile(_ source: String) -> Pattern {
        var text = source[...]
        let foldersOnly = text.hasSuffix("/")
        while text.hasSuffix("/") { text.removeLast() }
        let isAnchored = text.contains("/")
        while text.hasPrefix("/") { text.removeFirst() }
        var segments = text.split(separator: "/").map { Array($0.unicodeScalars) }
        // `a/**` is all that is in a, not a itself.
        if segments.last == anyFolders { segments.append(["*"]) }
        return Pattern(segments: isAnchored ? segments : [anyFolders] + segments, foldersOnly: foldersOnly)
    }

    private static let anyFolders: [Unicode.Scalar] = ["*", "*"]

    /// Whether the file at this path (from the root, with `/`) is ignored, itself or with a folder above it.
    public func ignores(_ path: String) -> Bool {
        guard !patterns.isEmpty else { return false }
        let names = path.split(separator: "/").map { Array($0.unicodeScalars) }
        return patterns.contains { pattern in
            (1...max(1, names.count)).contains { length in
                (length < names.count || !pattern.foldersOnly)
                    && Wildcard.matches(pattern.segments[...], names.prefix(length))
            }
        }
    }
}

/// Matching with one kind of star, without recursion: at most (pattern × text) steps, whatever the pattern.
private enum Wildcard {
    /// Whole paths: `**` stands for any number of names.
    static func matches(_ pattern: ArraySlice<[Unicode.Scalar]>, _ names: ArraySlice<[Unicode.Scalar]>) -> Bool {
        match(
            pattern, names, isStar: { $0 == ["*", "*"] },
            advance: { pattern, index, name in
                matches(name: name, pattern[index][...]) ? index + 1 : nil
            })
    }

    /// One name against one segment of a pattern.
    private static func matches(name: [Unicode.Scalar], _ pattern: ArraySlice<Unicode.Scalar>) -> Bool {
        match(
            pattern, name[...], isStar: { $0 == "*" },
            advance: { pattern, index, scalar in
                switch pattern[index] {
                case "?": return index + 1
                case "[":
                    guard let (matched, next) = classMatch(pattern, index, scalar) else { return nil }
                    return matched ? next : nil
                case "\\" where index + 1 < pattern.endIndex:
                    return pattern[index + 1] == scalar ? index + 2 : nil
                case let literal: return literal == scalar ? index + 1 : nil
                }
            })
    }

    /// `[abc]`, `[a-z]`, `[!a]`, `[^a]`; nil where the bracket is never closed: as in git, such a pattern matches nothing.
    private static func classMatch(
        _ pattern: ArraySlice<Unicode.Scalar>, _ start: Int, _ scalar: Unicode.Scalar
    ) -> (matched: Bool, next: Int)? {
        var index = start + 1
        guard index < pattern.endIndex else { return nil }
        let isNegated = pattern[index] == "!" || pattern[index] == "^"
        if isNegated { index += 1 }
        var matched = false
        let first = index
        while index < pattern.endIndex, pattern[index] != "]" || index == first {
            if index + 2 < pattern.endIndex, pattern[index + 1] == "-", pattern[index + 2] != "]" {
                if pattern[index] <= scalar, scalar <= pattern[index + 2] { matched = true }
                index += 3
            } else {
                if pattern[index] == scalar { matched = true }
                index += 1
            }
        }
        return index < pattern.endIndex ? (matched != isNegated, index + 1) : nil
    }

    /// Going back to the last star alone is enough, since an earlier one could only take less.
    private static func match<Element>(
        _ pattern: ArraySlice<Element>, _ text: ArraySlice<Element>, isStar: (Element) -> Bool,
        advance: (ArraySlice<Element>, Int, Element) -> Int?
    ) -> Bool {
        var (place, index) = (pattern.startIndex, text.startIndex)
        var star: (place: Int, index: Int)?
        while index < text.endIndex {
            if place < pattern.endIndex, isStar(pattern[place]) {
                star = (place, index)
                place += 1
            } else if place < pattern.endIndex, let next = advance(pattern, place, text[index]) {
                place = next
                index += 1
            } else if let last = star {
                place = last.place + 1
                index = last.index + 1
                star = (last.place, last.index + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy(isStar)
    }
}
