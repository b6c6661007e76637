import Diagnostics
import FleetModel

/// Checks names against each other across files: each declared once, each that is referred to declared.
struct ReferenceCheck {
    private let declared: Declarations
    private let findings: Findings

    init(_ declared: Declarations, findings: Findings) {
        self.declared = declared
        self.findings = findings
    }

    func run() {
        _ = once(declared.regions, "region", key: \.name, name: \.name, path: "name")
        _ = once(declared.users, "user", key: \.key, name: \.email, path: "email")
        _ = once(declared.schedules, "schedule", key: \.name, name: \.name, path: "name")
        _ = once(declared.sources, "source", key: \.name, name: \.name, path: "source")
        _ = once(declared.customBots, "bot", key: \.name, name: \.name, path: "bot")
        let deployments = once(declared.deployments, "deployment", key: \.name, name: \.name, path: "name")
        checkUsers()
        checkDeployments()
        checkInstanceNames(deployments)
    }

    /// Reports every declaration of a name but the first by file and position; gives the first ones' indexes by name.
    private func once<Value>(
        _ values: [Located<Value>], _ kind: String, key: (Value) -> String, name: (Value) -> String, path: String
    ) -> [String: Int] {
        var first: [String: Int] = [:]
        first.reserveCapacity(values.count)
        for index in values.indices {
            let key = key(values[index].value)
            guard let earlier = first.updateValue(index, forKey: key) else { continue }
            let isInOrder = values[earlier].location < values[index].location
            let (kept, again) = isInOrder ? (earlier, index) : (index, earlier)
            first[key] = kept
            let place = values[kept].place(of: path)
            let words = "\(kind) \(Quotation.quoted(name(values[again].value))) is declared already at \(place)"
            findings.error(values[again].place(of: path), words)
        }
        return first
    }

    private func checkUsers() {
        let regions = Set(declared.regions.map(\.value.name))
        let ports = declared.settings?.value.defaults.ports.count
        for user in declared.users {
            if let region = user.value.region { checkRegion(region, at: user.place(of: "region"), among: regions) }
            let addresses = user.value.allowedIPs.count
            if let ports, ports * addresses > Self.ruleLimit {
                let words =
                    "\(ports) ports × \(addresses) addresses are \(ports * addresses) rules; "
                    + "a security group takes \(Self.ruleLimit)"
                findings.error(user.place(of: "allowed_ips"), words)
            }
        }
    }

    /// Inbound rules of a security group. Source: the VPC User Guide, "Amazon VPC quotas".
    private static let ruleLimit = 60

    private func checkDeployments() {
        let users = Dictionary(declared.users.map { ($0.value.key, $0.value) }, uniquingKeysWith: { first, _ in first })
        let regions = Dictionary(
            declared.regions.map { ($0.value.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        let regionNames = Set(regions.keys)
        let schedules = Set(declared.schedules.map(\.value.name))
        for deployment in declared.deployments {
            let value = deployment.value
            let user = users[value.user]
            if user == nil, !value.user.isEmpty, !declared.incomplete.contains(.user) {
                reportUser(value.user, at: deployment.place(of: "user"))
            }
            if let region = value.region {
                checkRegion(region, at: deployment.place(of: "region"), among: regionNames)
            } else if let user, user.region == nil, deployment.places["region"] == nil {
                let words = "missing key 'region': user \(Quotation.quoted(user.email)) has none to go by"
                findings.error(deployment.location, words)
            }
            if case .schedule(let name) = value.power, !schedules.contains(name),
                !declared.incomplete.contains(.schedule)
            {
                report(name, "schedule", among: schedules, at: deployment.place(of: "schedule"))
            }
            checkImage(of: deployment, in: (value.region ?? user?.region).flatMap { regions[$0] })
        }
    }

    /// A deployment without an image of its own needs its region's.
    private func checkImage(of deployment: Located<Deployment>, in region: Region?) {
        guard let region, region.defaultImage == nil, deployment.value.image == nil else { return }
        let isWritten = declared.regions.contains { $0.value.name == region.name && $0.places["default_image"] != nil }
        guard !isWritten else { return }
        let words = "region '\(region.name)' has no default_image; give it one, or the deployment an image of its own"
        findings.error(deployment.place(of: "image"), words)
    }

    private func checkRegion(_ name: String, at place: SourceLocation, among regions: Set<String>) {
        guard !regions.contains(name), !declared.incomplete.contains(.region) else { return }
        report(name, "region", among: regions, at: place)
    }

    private func report(_ name: String, _ kind: String, among known: Set<String>, at place: SourceLocation) {
        let hint = findings.hint(for: name, among: Array(known), called: "\(kind)s")
        findings.error(place, "no \(kind) is named \(Quotation.quoted(name))\(hint)")
    }

    private func reportUser(_ email: String, at place: SourceLocation) {
        let hint = findings.hint(for: email, among: declared.users.map(\.value.email), called: "users")
        findings.error(place, "no user has the address \(Quotation.quoted(email))\(hint)")
    }

    /// No deployment is named like another's instance: `start linkedin-2` must mean one thing.
    private func checkInstanceNames(_ indexes: [String: Int]) {
        let dash = UInt8(ascii: "-")
        for deployment in declared.deployments {
            let name = deployment.value.name
            guard let last = name.utf8.last, (48...57).contains(last), let split = name.utf8.lastIndex(of: dash),
                let number = DecimalText.integer(String(name[name.utf8.index(after: split)...])), number >= 1,
                let index = indexes[String(name[..<split])]
            else { continue }
            let owner = declared.deployments[index]
            guard owner.value.count >= number else { continue }
            let words = "'\(name)' is the name of an instance of deployment '\(owner.value.name)' "
            findings.error(deployment.place(of: "name"), words + "(\(owner.place(of: "name")))")
        }
    }
}
