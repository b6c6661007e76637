import Diagnostics
import FleetModel
import LibCrypto
import Scheduling

/// A deployment with every default filled in: what its instances are made from, and what tells their power.
struct ResolvedDeployment {
    var deployment: Deployment
    var location: SourceLocation
    var user: User
    var region: String
    var spec: InstanceSpec
    /// The spec's canonical JSON, made once for all its instances.
    var specJSON: String
    /// The deployment's canonical JSON, as it is recorded.
    var definitionJSON: String
    var schedule: Schedule?
    /// The schedule's zone, else the user's.
    var timezone: String
}

/// The desired state with every default filled in and every reference followed.
struct ResolvedFleet {
    var deployments: [ResolvedDeployment] = []
    var securityGroups: [Address: SecurityGroupSpec] = [:]
    var keyPairs: [Address: KeyPairSpec] = [:]
    var diagnostics: [Diagnostic] = []

    /// Resolves the files; what cannot be resolved is a diagnostic and left out.
    init(_ desired: DesiredState, grants: [AddressGrant], now: Instant) throws {
        let repository = desired.repository
        let settings = repository.settings.value
        let users = Dictionary(repository.users.map { ($0.value.key, $0) }, uniquingKeysWith: { first, _ in first })
        let regions = Dictionary(
            repository.regions.map { ($0.value.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        let schedules = Dictionary(
            repository.schedules.map { ($0.value.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        let bootDigest = settings.boot.map { SHA256.hex($0.text) }
        let granted = Dictionary(
            grouping: grants.filter { $0.until.map { $0 > now } ?? true }, by: { User.key($0.user) })
        deployments.reserveCapacity(repository.deployments.count)
        for located in repository.deployments {
            let deployment = located.value
            guard let user = users[User.key(deployment.user)]?.value else {
                diagnostics.append(.error(located.place(of: "user"), "no user has the address '\(deployment.user)'"))
                continue
            }
            guard let region = deployment.region ?? user.region, let regionSettings = regions[region] else {
                diagnostics.append(
                    .error(
                        located.place(of: "region"),
                        "deployment '\(deployment.name)' has no region (give it one, or its user)"))
                continue
            }
            guard let bundle = desired.bundles[deployment.bot], let script = desired.scripts[deployment.bot] else {
                diagnostics.append(.error(located.place(of: "bot"), "no bot is named '\(deployment.bot)'"))
                continue
            }
            if deployment.image == nil, regionSettings.defaultImage == nil, deployment.count > 0 {
                diagnostics.append(
                    .error(
                        located.place(of: "image"),
                        "region '\(region)' has no default_image (give the region one, or the deployment an image)"))
                continue
            }
            let spec = InstanceSpec(
                region: region, user: user.key, bot: deployment.bot,
                instanceTypes: deployment.instanceTypes.isEmpty
                    ? [settings.defaults.instanceType] : deployment.instanceTypes,
                storageGB: deployment.storageGB ?? settings.defaults.storageGB, image: deployment.image,
                instanceProfile: deployment.instanceProfile ?? user.instanceProfile ?? settings.aws.instanceProfile,
                parameters: deployment.parameters, script: script, bundle: bundle.digest, bootScript: bootDigest,
                protect: deployment.protect)
            var schedule: Schedule?
            if case .schedule(let name) = deployment.power { schedule = schedules[name] }
            deployments.append(
                ResolvedDeployment(
                    deployment: deployment, location: located.location, user: user, region: region, spec: spec,
                    specJSON: try CanonicalJSON.encode(spec), definitionJSON: try CanonicalJSON.encode(deployment),
                    schedule: schedule,
                    timezone: schedule?.timezone ?? user.timezone))
            guard deployment.count > 0 else { continue }
            addSharedResources(
                of: user, in: regionSettings, ports: settings.defaults.ports, granted: granted[user.key] ?? [])
        }
    }

    /// The group, and the key pair where there is a key, that a user's instances in a region need.
    private mutating func addSharedResources(
        of user: User, in region: Region, ports: [Int], granted: [AddressGrant]
    ) {
        let address = Address.securityGroup(region: region.name, user: user.email)
        guard securityGroups[address] == nil else { return }
        let sources = Set(user.allowedIPs + granted.map(\.source))
        let rules = Set(ports.flatMap { port in sources.map { IngressRule(port: port, source: $0) } })
        securityGroups[address] = SecurityGroupSpec(
            region: region.name, user: user.key, vpc: region.vpc, rules: rules)
        if let key = user.sshPublicKey {
            keyPairs[.keyPair(region: region.name, user: user.email)] = KeyPairSpec(
                region: region.name, user: user.key, publicKey: key)
        }
    }
}
