import FleetModel

/// An instance's results as the folders that they lie in.
public enum ObjectTree {
    /// The tree of one instance's rows; links, where there are any, each below its file.
    public static func text(_ rows: [ObjectRow], in context: ListContext) -> String {
        guard let instance = rows.first?.instance else { return "No objects.\n" }
        var root = Folder()
        for row in rows {
            root.add(row, at: row.path.split(separator: "/", omittingEmptySubsequences: false)[...])
        }
        let files = rows.filter { $0.type != "folder" }
        let size = ObjectRow.text(bytes: files.reduce(0) { $0 + $1.size })
        var lines = ["\(SafeText.line(instance))  \(Wording.count(files.count, "object")), \(size)"]
        root.draw(into: &lines, indent: "", context)
        return lines.joined(separator: "\n") + "\n"
    }

    private struct Folder {
        var folders: [String: Folder] = [:]
        var files: [(name: String, row: ObjectRow)] = []

        mutating func add(_ row: ObjectRow, at path: ArraySlice<Substring>) {
            guard let first = path.first else { return }
            if path.count == 1 {
                // A key that ends in `/` made the folder itself.
                if !first.isEmpty { files.append((String(first), row)) }
            } else {
                folders[String(first), default: Folder()].add(row, at: path.dropFirst())
            }
        }

        func draw(into lines: inout [String], indent: String, _ context: ListContext) {
            let names = folders.keys.sorted(by: NaturalOrder.precedes)
            let count = names.count + files.count
            let branch = { (index: Int) in index == count - 1 ? ("└── ", "    ") : ("├── ", "│   ") }
            for (index, name) in names.enumerated() {
                let (mark, rest) = branch(index)
                lines.append("\(indent)\(mark)\(SafeText.line(name))/")
                folders[name]?.draw(into: &lines, indent: indent + rest, context)
            }
            for (index, file) in files.sorted(by: { NaturalOrder.precedes($0.name, $1.name) }).enumerated() {
                let (mark, rest) = branch(names.count + index)
                let age = Spans.text(seconds: context.now - file.row.lastModified)
                lines.append(
                    "\(indent)\(mark)\(SafeText.line(file.name))  \(ObjectRow.text(bytes: file.row.size)), \(age)")
                if let link = file.row.link { lines.append("\(indent)\(rest)\(link)") }
            }
        }
    }
}
