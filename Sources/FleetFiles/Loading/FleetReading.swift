import Diagnostics
import FleetModel
import LibYAML

/// One pass over the files of a repository.
final class FleetReading {
    let repository: RepositoryFolder
    let findings: Findings
    let zones: ZoneCheck
    private(set) var declarations = Declarations()

    private var buffer = ReadBuffer(limit: RepositoryFolder.fileLimit)

    init(repository: RepositoryFolder, findings: Findings, zones: ZoneCheck) {
        self.repository = repository
        self.findings = findings
        self.zones = zones
    }

    /// Reads all kinds. Their order doesn't matter: nothing that is read needs another file.
    func readAll() {
        readSettings()
        readList("regions", .region) { node, file in
            guard let region = RegionReader.read(node, file: file, findings: findings) else { return false }
            declarations.regions.append(region)
            return true
        }
        readList("users", .user) { node, file in
            guard let user = UserReader.read(node, file: file, findings: findings, zones: zones) else { return false }
            declarations.users.append(user)
            return true
        }
        readDeployments()
        readBots()
        readSchedules()
        FolderCheck(repository, findings: findings).run()
    }

    // MARK: - Single files

    private func readSettings() {
        guard let (file, bytes) = singleFile("fleet") else { return }
        guard let bytes else {
            let words = "there is no such file, and a fleet needs it; 'botfleet init' writes one"
            return findings.error(SourceLocation(file: file), words)
        }
        var isFirst = true
        _ = documents(of: file, bytes) { node in
            defer { isFirst = false }
            guard isFirst else { return findings.error(file, node.mark, "one document is all that this file may hold") }
            declarations.settings = SettingsReader(file: file, findings: findings, repository: repository).read(node)
        }
        if isFirst, !findings.all.contains(where: { $0.location.file == file }) {
            findings.error(SourceLocation(file: file), "this file is empty; 'botfleet init' writes one to begin with")
        }
    }

    /// Reads fleet/<name>.yaml, a list; `read` gives false for an entry that has no readable name.
    private func readList(_ name: String, _ kind: Declarations.Kind, _ read: (YAMLNode, String) -> Bool) {
        guard let (file, bytes) = singleFile(name) else {
            declarations.incomplete.insert(kind)
            return
        }
        guard let bytes else { return }
        var isWhole = true
        let isComplete = documents(of: file, bytes) { node in
            guard node.kind == .sequence else {
                isWhole = false
                return findings.error(file, node.mark, "\(name) are a list ('- …'), not \(node.description)")
            }
            guard node.count > 0 else {
                return findings.error(file, node.mark, "this list is empty; remove the brackets")
            }
            for position in 0..<node.count where !read(node.item(at: position), file) { isWhole = false }
        }
        if !isWhole || !isComplete { declarations.incomplete.insert(kind) }
    }

    /// The one of fleet/<name>.yaml and .yml that is there, with its bytes; nil bytes where neither is.
    /// nil, and an error, where both are or where it can't be read.
    private func singleFile(_ name: String) -> (file: String, bytes: [UInt8]?)? {
        var found: (file: String, bytes: [UInt8]?)?
        for ending in ["yaml", "yml"] {
            let file = "fleet/\(name).\(ending)"
            do {
                let bytes = try repository.read(file)
                guard found == nil else {
                    findings.error(
                        SourceLocation(file: file), "fleet/\(name).yaml is there as well; keep one of the two")
                    return nil
                }
                found = (file, bytes)
            } catch .missing {
                continue
            } catch {
                findings.error(SourceLocation(file: file), error.asFound)
                return nil
            }
        }
        return found ?? ("fleet/\(name).yaml", nil)
    }

    // MARK: - Folders

    private func readDeployments() {
        var found: [Located<Deployment>] = []
        _ = readFolder("fleet/deployments") { node, file in
            guard let deployment = DeploymentReader.read(node, file: file, findings: findings) else { return false }
            found.append(deployment)
            return true
        }
        declarations.deployments = found
    }

    private func readBots() {
        var sources: [Located<BotSource>] = []
        var customBots: [Located<CustomBot>] = []
        let reader = BotReader(findings: findings, repository: repository)
        _ = readFolder("bots") { node, file in
            switch reader.read(node, file: file) {
            case .source(let source): sources.append(source)
            case .custom(let bot): customBots.append(bot)
            case nil: return false
            }
            return true
        }
        declarations.sources = sources
        declarations.customBots = customBots
    }

    private func readSchedules() {
        var found: [Located<Schedule>] = []
        let isWhole = readFolder("schedules") { node, file in
            guard let schedule = ScheduleReader.read(node, file: file, findings: findings, zones: zones)
            else { return false }
            found.append(schedule)
            return true
        }
        declarations.schedules = found
        if !isWhole { declarations.incomplete.insert(.schedule) }
    }

    /// Reads every document below a folder; false where something could not be read or has no readable name.
    private func readFolder(_ folder: String, _ read: (YAMLNode, String) -> Bool) -> Bool {
        let before = findings.all.count
        var isWhole = true
        var walk = FolderWalk(repository, findings: findings)
        var parsed = 0
        walk.read(folder, into: &buffer) { file, bytes in
            let faults = findings.all.count
            if !documents(of: file, bytes, { node in if !read(node, file) { isWhole = false } }) { isWhole = false }
            parsed += findings.all.count - faults
        }
        // What is left are files and folders that could not be read at all.
        return isWhole && findings.all.count - before == parsed
    }

    /// Gives each document of a file that is not empty; false where the file could not be read to its end.
    private func documents(of file: String, _ bytes: [UInt8], _ each: (YAMLNode) -> Void) -> Bool {
        bytes.withUnsafeBufferPointer { documents(of: file, $0, each) }
    }

    private func documents(
        of file: String, _ bytes: UnsafeBufferPointer<UInt8>, _ each: (YAMLNode) -> Void
    ) -> Bool {
        let stream = YAMLStream.parse(bytes)
        for problem in stream.problems { findings.error(file, problem.mark, problem.message) }
        for node in stream.documents where !node.isMissing { each(node) }
        return stream.isComplete
    }
}
