import Foundation
import Testing

/// Expects text to be what `Golden/<name>.golden` beside the calling test holds.
///
/// With UPDATE_GOLDEN=1 in the environment the file is written instead, and the test fails, so that a run that
/// rewrites its own expectations never passes. A difference is shown line by line.
public func expectGolden(
    _ text: String, _ name: String, file: StaticString = #filePath,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let update = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"
    let folder = URL(filePath: "\(file)").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "Golden")
    do {
        if let problem = try goldenProblem(text, name, in: folder, update: update) {
            Issue.record("\(problem)", sourceLocation: sourceLocation)
        }
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
    }
}

/// What is wrong with a text that a golden file expects; nil where they are equal.
///
/// With `update` the file is written first, and that is what is wrong.
public func goldenProblem(_ text: String, _ name: String, in folder: URL, update: Bool = false) throws -> String? {
    let golden = folder.appending(path: "\(name).golden")
    if update {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: golden)
        return "\(name).golden is rewritten; look at the difference and run again without UPDATE_GOLDEN"
    }
    guard FileManager.default.fileExists(atPath: golden.path) else {
        return "there is no \(name).golden; UPDATE_GOLDEN=1 writes it. The text:\n\(text)"
    }
    let expected = String(decoding: try Data(contentsOf: golden), as: UTF8.self)
    return expected == text
        ? nil : "\(name).golden differs (- expected, + found):\n\(lineDifference(expected, text))"
}

/// Two texts' difference: lines that went with `-`, lines that came with `+`, and the lines around them.
public func lineDifference(_ old: String, _ new: String) -> String {
    let oldLines = old.split(separator: "\n", omittingEmptySubsequences: false)
    let newLines = new.split(separator: "\n", omittingEmptySubsequences: false)
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in newLines.difference(from: oldLines) {
        switch change {
        case .remove(let offset, _, _): removed.insert(offset)
        case .insert(let offset, _, _): inserted.insert(offset)
        }
    }
    var lines: [(text: String, changed: Bool)] = []
    var (i, j) = (0, 0)
    while i < oldLines.count || j < newLines.count {
        if i < oldLines.count, removed.contains(i) {
            lines.append(("- \(oldLines[i])", true))
            i += 1
        } else if j < newLines.count, inserted.contains(j) {
            lines.append(("+ \(newLines[j])", true))
            j += 1
        } else {
            lines.append(("  \(oldLines[i])", false))
            i += 1
            j += 1
        }
    }
    let context = 2
    let kept = lines.indices.filter { index in
        lines[max(0, index - context)...min(lines.count - 1, index + context)].contains { $0.changed }
    }
    var shown: [String] = []
    var last = -1
    for index in kept {
        if index != last + 1 { shown.append("  …") }
        shown.append(lines[index].text)
        last = index
    }
    return shown.joined(separator: "\n")
}
