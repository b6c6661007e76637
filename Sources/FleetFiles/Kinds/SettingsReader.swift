import Diagnostics
import FleetModel
import LibYAML

/// Reads fleet/fleet.yaml.
struct SettingsReader {
    let file: String
    let findings: Findings
    let repository: RepositoryFolder

    static let keys: [StaticString] = [
        "name", "aws", "database", "defaults", "guards", "boot", "prices", "duties", "retention", "broadcast", "gitops",
    ]

    /// The duties that `duties:` may give other intervals (SPEC 6).
    static let dutyNames = DutyName.allCases.map(\.rawValue)

    /// The settings, with defaults for what could not be read; nil where the document is no mapping.
    func read(_ node: YAMLNode) -> Located<FleetSettings>? {
        let document = DocumentReader(file: file, mark: node.mark, findings: findings)
        guard let top = document.mapping(node, what: "the fleet's settings", keys: Self.keys) else { return nil }
        let settings = FleetSettings(
            name: top.required("name")?.name(of: "a fleet") ?? "",
            aws: aws(top.required("aws")),
            database: database(top.required("database")),
            defaults: defaults(top.field("defaults")),
            guards: guards(top.field("guards")),
            boot: boot(top.field("boot")),
            prices: prices(top.field("prices")),
            duties: duties(top.field("duties")),
            retention: retention(top.field("retention")),
            broadcast: top.field("broadcast")?.items(of: "sinks")?.compactMap(BroadcastReader.sink) ?? [],
            gitops: gitops(top.field("gitops")))
        return Located(settings, at: document.location, places: document.places)
    }

    private func aws(_ field: FieldReader?) -> AWSSettings {
        let keys: [StaticString] = ["region", "bucket", "endpoint", "instance_profile", "image_owners"]
        var settings = AWSSettings(region: "", bucket: "")
        guard let aws = field?.mapping(keys, example: "{region: eu-west-1, bucket: acme-bots}") else { return settings }
        settings.region = aws.required("region")?.name(of: "a region") ?? ""
        settings.bucket =
            aws.required("bucket")?.text(
                where: TextRule.isBucket, must: "a bucket's name (3 to 63 of a-z, 0-9, '.' and '-')") ?? ""
        settings.endpoint = aws.field("endpoint")?.webAddress()
        settings.instanceProfile = aws.field("instance_profile")?.instanceProfile()
        if let owners = aws.field("image_owners")?.items(of: "owners") {
            settings.imageOwners = owners.compactMap { $0.imageOwner() }
        }
        return settings
    }

    private func database(_ field: FieldReader?) -> DatabaseSettings {
        var settings = DatabaseSettings(url: "")
        guard let database = field?.mapping(["url", "option_file"], example: "{url: \"mysql://…\"}") else {
            return settings
        }
        settings.url = database.required("url")?.databaseAddress() ?? ""
        settings.optionFile = database.field("option_file")?.text()
        return settings
    }

    private func defaults(_ field: FieldReader?) -> Defaults {
        var defaults = Defaults()
        let keys: [StaticString] = ["instance_type", "storage_gb", "ports"]
        guard let mapping = field?.mapping(keys, example: "{instance_type: t3.medium}") else { return defaults }
        if let type = mapping.field("instance_type")?.instanceType() { defaults.instanceType = type }
        if let storage = mapping.field("storage_gb")?.storage() { defaults.storageGB = storage }
        if let items = mapping.field("ports")?.items(allowEmpty: true, of: "ports") {
            defaults.ports = []
            for item in items {
                guard let port = item.integer(in: 1...65535) else { continue }
                if defaults.ports.contains(port) {
                    item.error("port \(port) stands here twice")
                } else {
                    defaults.ports.append(port)
                }
            }
        }
        return defaults
    }

    private func guards(_ field: FieldReader?) -> Guards {
        var guards = Guards()
        let keys: [StaticString] = ["max_terminations", "lost_after"]
        guard let mapping = field?.mapping(keys, example: "{max_terminations: 10}") else { return guards }
        if let most = mapping.field("max_terminations")?.integer(in: 0...1_000_000) { guards.maxTerminations = most }
        if let span = mapping.field("lost_after")?.timeSpan(atLeast: TimeSpan(seconds: 1)) { guards.lostAfter = span }
        return guards
    }

    private func boot(_ field: FieldReader?) -> BootScript? {
        guard let mapping = field?.mapping(["script"], example: "{script: boot/common.sh}"),
            let script = mapping.required("script"), let path = script.text()
        else { return nil }
        // Relative to the repository as SPEC 1 shows it; beside fleet.yaml is what the file's own place suggests.
        for candidate in [path, "fleet/\(path)"] {
            do {
                let bytes = try repository.read(candidate, limit: 1_048_576)
                guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
                    script.error("\(Quotation.quoted(candidate)) is not a UTF-8 text")
                    return nil
                }
                return BootScript(script: candidate, text: text)
            } catch .missing {
                continue
            } catch {
                script.error(error.asNamed(candidate))
                return nil
            }
        }
        script.error(FileFault.missing.asNamed(path))
        return nil
    }

    private func prices(_ field: FieldReader?) -> [String: Double] {
        var prices: [String: Double] = [:]
        for (key, value) in field?.entries(example: "{t3.medium: 0.0456}") ?? [] {
            if !TextRule.isInstanceType(value.name) {
                findings.error(file, key.mark, "\(Quotation.quoted(value.name)) is not an instance type like t3.medium")
            }
            guard let text = value.text() else { continue }
            guard let price = DecimalText.number(text), price >= 0 else {
                value.error("a price is a decimal number of USD per hour like 0.0456, not \(Quotation.quoted(text))")
                continue
            }
            prices[value.name] = price
        }
        return prices
    }

    private func duties(_ field: FieldReader?) -> [String: TimeSpan] {
        var duties: [String: TimeSpan] = [:]
        for (key, value) in field?.entries(example: "{\"instance:sync\": 5m}") ?? [] {
            if !Self.dutyNames.contains(value.name) {
                let hint = Quotation.hint(for: value.name, among: Self.dutyNames, called: "duties")
                findings.error(file, key.mark, "no duty is named \(Quotation.quoted(value.name))\(hint)")
            }
            if let span = value.timeSpan(atLeast: TimeSpan(seconds: 1)) { duties[value.name] = span }
        }
        return duties
    }

    private func retention(_ field: FieldReader?) -> Retention {
        var retention = Retention()
        let keys: [StaticString] = ["sessions", "events", "journal"]
        guard let mapping = field?.mapping(keys, example: "{sessions: 400d}") else { return retention }
        let least = TimeSpan.hours(1)
        if let span = mapping.field("sessions")?.timeSpan(atLeast: least) { retention.sessions = span }
        if let span = mapping.field("events")?.timeSpan(atLeast: least) { retention.events = span }
        if let span = mapping.field("journal")?.timeSpan(atLeast: least) { retention.journal = span }
        return retention
    }

    private func gitops(_ field: FieldReader?) -> GitOps? {
        let keys: [StaticString] = ["url", "branch", "interval", "apply"]
        guard let mapping = field?.mapping(keys, example: "{url: \"https://…\", branch: main}") else { return nil }
        var gitops = GitOps(url: mapping.required("url")?.gitAddress()?.url ?? "")
        if let branch = mapping.field("branch")?.gitRef() { gitops.branch = branch }
        if let span = mapping.field("interval")?.timeSpan(atLeast: TimeSpan(seconds: 10)) { gitops.interval = span }
        if let mode = mapping.field("apply")?.choice(GitOps.Mode.self) { gitops.apply = mode }
        return gitops
    }
}
