import Diagnostics
import LibYAML

/// The diagnostics of one load, collected while its files are read.
final class Findings {
    private(set) var all: [Diagnostic] = []

    /// Names that may still be compared for hints. Ten thousand wrong names among ten thousand right ones would be a
    /// hundred million edit distances; the first errors get their hints, the rest do without.
    private var comparisonsLeft = 50_000

    /// Notes an error at a place of a file.
    func error(_ file: String, _ mark: YAMLMark, _ message: String) {
        all.append(.error(SourceLocation(file, mark), message))
    }

    /// Notes an error at a place.
    func error(_ location: SourceLocation, _ message: String) {
        all.append(.error(location, message))
    }

    /// Notes a warning at a place.
    func warning(_ location: SourceLocation, _ message: String) {
        all.append(.warning(location, message))
    }

    /// Notes a warning at the beginning of a file.
    func warning(_ file: String, _ message: String) {
        all.append(.warning(SourceLocation(file: file), message))
    }

    /// A hint on a name that is not among the known ones, as long as there is time for one; see `Quotation.hint`.
    func hint(for text: String, among known: @autoclosure () -> [String], called plural: String) -> String {
        guard comparisonsLeft > 0 else { return "" }
        let known = known()
        comparisonsLeft -= known.count + 1
        return Quotation.hint(for: text, among: known, called: plural)
    }

    /// All of them by file and position, each once: a value that aliases share is read more than once.
    var sorted: [Diagnostic] {
        var result: [Diagnostic] = []
        for diagnostic in all.sorted() where diagnostic != result.last { result.append(diagnostic) }
        return result
    }
}

extension SourceLocation {
    /// A mark of a file.
    init(_ file: String, _ mark: YAMLMark) {
        self.init(file: file, line: Int(mark.line), column: Int(mark.column))
    }
}
