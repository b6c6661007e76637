import Foundation
import FoundationXML

/// What takes an XML document element by element.
protocol XMLHandler {
    /// An element begins; whether its text is wanted.
    mutating func begin(_ name: String) -> Bool
    /// The innermost element ends; its text, "" where none was wanted.
    mutating func end(_ text: String)
}

/// A document that is not well-formed, with the parser's reason.
struct MalformedXML: Error, Hashable, Sendable {
    var line: Int
    var reason: String
}

extension XMLHandler {
    /// Takes a whole document. Entities of its own and external ones are not resolved.
    /// - Throws: `MalformedXML`; what came before the fault was taken already.
    mutating func read(_ document: [UInt8]) throws(MalformedXML) {
        let parser = XMLParser(data: Data(document))
        parser.shouldResolveExternalEntities = false
        let (isWhole, isClosed) = withUnsafeMutablePointer(to: &self) { handler in
            let feed = XMLFeed(begin: { handler.pointee.begin($0) }, end: { handler.pointee.end($0) })
            parser.delegate = feed
            let isWhole = parser.parse()
            return (isWhole, feed.isClosed)
        }
        guard isWhole else {
            let reason = parser.parserError.map { "\($0.localizedDescription)" } ?? "not XML"
            throw MalformedXML(line: parser.lineNumber, reason: reason)
        }
        // Foundation's parser takes a document that ends in the middle for a whole one.
        guard isClosed else {
            throw MalformedXML(line: parser.lineNumber, reason: "it ends before its last element does")
        }
    }
}

/// Passes the parser's events on, with each element's own text in one piece.
///
/// A page has 100,000 elements. Closures, because the methods of a generic class would not be specialised for the
/// handler: that costs a quarter of the time.
private final class XMLFeed: NSObject, XMLParserDelegate {
    private let begin: (String) -> Bool
    private let end: (String) -> Void
    private var text = ""
    private var wantsText = false
    private var depth = 0
    private var hasBegun = false
    /// Whether the root has a namespace prefix, as what passed through other programs may: then all names lose theirs.
    private var hasPrefixes = false

    init(begin: @escaping (String) -> Bool, end: @escaping (String) -> Void) {
        self.begin = begin
        self.end = end
    }

    /// Whether the outermost element has begun and ended.
    var isClosed: Bool { hasBegun && depth == 0 }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        depth += 1
        if !hasBegun {
            hasBegun = true
            hasPrefixes = name.utf8.contains(UInt8(ascii: ":"))
        }
        if wantsText { text = "" }
        wantsText = begin(hasPrefixes ? XMLFeed.withoutPrefix(name) : name)
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        depth -= 1
        guard wantsText else { return end("") }
        wantsText = false
        let whole = text
        text = ""
        end(whole)
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        guard wantsText else { return }
        if text.isEmpty { text = string } else { text += string }
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        if wantsText { text += String(decoding: block, as: UTF8.self) }
    }

    private static func withoutPrefix(_ name: String) -> String {
        name.firstIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
    }
}
