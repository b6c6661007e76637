import FleetModel
import LibYAML

/// Reads a document of fleet/deployments.
enum DeploymentReader {
    static let keys: [StaticString] = [
        "name", "user", "bot", "region", "count", "instance_type", "storage_gb", "image", "schedule", "state",
        "parameters", "when_lost", "protect", "hold", "drift", "instance_profile",
    ]

    /// The deployment; nil where it has no readable name.
    static func read(_ node: YAMLNode, file: String, findings: Findings) -> Located<Deployment>? {
        let document = DocumentReader(file: file, mark: node.mark, findings: findings)
        guard let top = document.mapping(node, what: "a deployment", keys: keys) else { return nil }
        let name = top.required("name")?.name(of: "a deployment")
        var deployment = Deployment(
            name: name ?? "", user: top.required("user")?.email().map(User.key) ?? "",
            bot: top.required("bot")?.name(of: "a bot") ?? "")
        deployment.region = top.field("region")?.name(of: "a region")
        if let field = top.field("count"), let count = field.integer(in: 0...100_000) {
            deployment.count = count
            checkInstanceNames(of: deployment, at: field)
        } else if let field = top.field("name") {
            checkInstanceNames(of: deployment, at: field)
        }
        readMachine(top, into: &deployment)
        deployment.power = power(top)
        deployment.parameters = parameters(top.field("parameters"))
        if let policy = top.field("when_lost")?.choice(WhenLost.self) { deployment.whenLost = policy }
        if let protect = top.field("protect")?.boolean() { deployment.protect = protect }
        deployment.hold = top.field("hold").flatMap(hold)
        if let policy = top.field("drift")?.choice(DriftPolicy.self) { deployment.drift = policy }
        return name == nil ? nil : Located(deployment, at: document.location, places: document.places)
    }

    /// `NAME-COUNT` fits the length of a name.
    private static func checkInstanceNames(of deployment: Deployment, at field: FieldReader) {
        guard deployment.count > 0 else { return }
        let last = Name.instance(of: deployment.name, index: deployment.count)
        guard last.utf8.count > Name.maximumLength else { return }
        field.error(
            "the instance name \(Quotation.quoted(last)) has over \(Name.maximumLength) characters; shorten 'name'")
    }

    private static func readMachine(_ top: MappingReader, into deployment: inout Deployment) {
        if let items = top.field("instance_type")?.itemOrItems(of: "instance types") {
            for item in items {
                guard let type = item.instanceType() else { continue }
                if deployment.instanceTypes.contains(type) {
                    item.error("\(Quotation.quoted(type)) stands here twice")
                } else {
                    deployment.instanceTypes.append(type)
                }
            }
        }
        deployment.storageGB = top.field("storage_gb")?.storage()
        if let image = top.field("image"), !image.node.hasText("default") {
            deployment.image = image.text(
                where: { TextRule.isID($0, prefix: "ami-") }, must: "default or an image like ami-0abc1234")
        }
        deployment.instanceProfile = top.field("instance_profile")?.instanceProfile()
    }

    private static func power(_ top: MappingReader) -> Power {
        if top.has("schedule"), top.has("state") {
            top.error(at: "state", "'schedule' and 'state' exclude each other; keep one")
        }
        let state = top.field("state")?.choice(PowerState.self)
        if let schedule = top.field("schedule")?.name(of: "a schedule") { return .schedule(schedule) }
        return .state(state ?? .running)
    }

    private static func parameters(_ field: FieldReader?) -> [String: ParameterValue] {
        var parameters: [String: ParameterValue] = [:]
        for (_, value) in field?.entries(example: "{speed: 5}") ?? [] {
            switch value.node.kind {
            case .scalar:
                if let text = value.text(limit: 65_536) { parameters[value.name] = .text(text) }
            case .mapping:
                if let name = secretName(value) { parameters[value.name] = .ssm(name) }
            case .sequence:
                value.error("a parameter takes a text or {ssm: NAME}, not a list")
            }
        }
        return parameters
    }

    private static func secretName(_ field: FieldReader) -> String? {
        let name = field.mapping(["ssm"], example: "{ssm: /bots/password}")?.required("ssm")
        return name?.text(limit: 2048, where: TextRule.isSSMName, must: "an SSM parameter's name like /bots/password")
    }

    private static func hold(_ field: FieldReader) -> Hold? {
        let keys: [StaticString] = ["state", "until", "reason"]
        guard let mapping = field.mapping(keys, example: "{state: stopped, until: 2026-12-01T08:00}") else {
            return nil
        }
        let state = mapping.required("state")?.choice(PowerState.self)
        var until: LocalDateTime?
        if let field = mapping.field("until"), let text = field.text(limit: 64) {
            until = LocalDateTime(text)
            if until == nil {
                field.error(
                    "'until' takes a local time like 2026-12-01T08:00, without a zone, not \(Quotation.quoted(text))")
            }
        }
        let reason = mapping.field("reason")?.text(limit: 1024)
        return state.map { Hold(state: $0, until: until, reason: reason) }
    }
}
