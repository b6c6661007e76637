import Glibc

/// Warns about YAML files in fleet/ that nothing reads: a deployment beside its folder, a list by another name.
struct FolderCheck {
    private let repository: RepositoryFolder
    private let findings: Findings

    init(_ repository: RepositoryFolder, findings: Findings) {
        self.repository = repository
        self.findings = findings
    }

    func run() {
        // A fleet folder that can't be opened was told when its files were read.
        guard let real = try? repository.resolveInside("fleet"), let stream = opendir(real) else { return }
        defer { closedir(stream) }
        let offset = MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0
        while let entry = readdir(stream) {
            let bytes = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            guard let name = String(validatingCString: bytes), !name.hasPrefix("."),
                name.hasSuffix(".yaml") || name.hasSuffix(".yml")
            else { continue }
            let stem = name.prefix { $0 != "." }
            guard !["fleet", "regions", "users"].contains(stem) else { continue }
            let hint =
                Quotation.nearest(to: String(stem), among: ["fleet", "regions", "users"])
                .map { " (did you mean '\($0).yaml'?)" } ?? "; deployments are in fleet/deployments/"
            findings.warning("fleet/\(name)", "nothing reads this file\(hint)")
        }
    }
}
