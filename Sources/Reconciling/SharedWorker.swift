import AWSCloud
import BotCatalog
import FleetModel
import InstanceAgent
import LibCrypto
import Planning

/// Makes, mends and removes what instances share: security groups, key pairs, bundles, the boot script.
struct SharedWorker: Sendable {
    let context: ApplyContext

    private var journal: Journal { context.journal }

    // MARK: Security groups

    func put(_ operation: SecurityGroupOperation, at address: Address) async throws {
        let ec2 = context.aws.ec2(region: operation.spec.region)
        let groupID: String
        if let known = operation.groupID {
            groupID = known
        } else {
            groupID = try await create(operation.spec, at: address, ec2)
        }
        if !operation.tags.isEmpty { try await ec2.createTags(operation.tags, on: [groupID]) }
        // What opens comes before what closes, so that nobody whose address only moved is shut out in between.
        if !operation.add.isEmpty {
            try await edit(operation, groupID, address, action: "AuthorizeSecurityGroupIngress") {
                try await ec2.authorizeIngress(group: groupID, rules: operation.add)
            }
        }
        if !operation.remove.isEmpty {
            try await edit(operation, groupID, address, action: "RevokeSecurityGroupIngress") {
                try await ec2.revokeIngress(group: groupID, rules: operation.remove)
            }
        }
        try await journal.write([.putSecurityGroup(operation.spec, groupID: groupID)])
        await context.ids.setGroup(groupID, for: address)
    }

    private func create(_ spec: SecurityGroupSpec, at address: Address, _ ec2: EC2) async throws -> String {
        let vpc: String
        if let named = spec.vpc {
            vpc = named
        } else if let found = try await ec2.defaultVPC() {
            vpc = found.vpcID
        } else {
            throw ReconcileFailure.notReady(
                "region \(spec.region) has no default VPC", hint: "name a vpc for it in fleet/regions.yaml")
        }
        let name = ResourceNames.group(fleet: context.fleet, user: spec.user)
        let tags = ResourceNames.sharedTags(fleet: context.fleet, user: spec.user)
        return try await journal.perform(
            Journal.Entry(
                address: address, action: "CreateSecurityGroup", region: spec.region,
                request: try CanonicalJSON.encode(spec)),
            lock: nil,
            call: {
                do {
                    return try await ec2.createSecurityGroup(
                        name: name, description: "botfleet \(context.fleet): who may reach the bots of \(spec.user)",
                        vpc: vpc, tags: tags)
                } catch let error as AWSError where error.isDuplicate {
                    // Made by a call whose answer was lost; its tags say whether it is ours.
                    let found = try await ec2.securityGroups(matching: [
                        EC2Filter("group-name", [name]), EC2Filter("vpc-id", [vpc]), .tag(Tag.fleet, context.fleet),
                    ])
                    guard let group = found.first else { throw error }
                    return group.groupID
                }
            },
            settled: { id in
                var empty = spec
                empty.rules = []
                return ([.putSecurityGroup(empty, groupID: id)], id)
            })
    }

    private func edit(
        _ operation: SecurityGroupOperation, _ groupID: String, _ address: Address, action: String,
        call: @Sendable () async throws -> Void
    ) async throws {
        try await journal.perform(
            Journal.Entry(
                address: address, action: action, region: operation.spec.region,
                request: try CanonicalJSON.encode(operation.spec)),
            lock: nil, call: call, settled: { _ in ([], groupID) })
    }

    func deleteGroup(_ id: String, region: String, at address: Address) async throws {
        try await journal.perform(
            Journal.Entry(
                address: address, action: "DeleteSecurityGroup", region: region,
                request: try CanonicalJSON.encode(["group_id": id])),
            lock: nil,
            call: {
                do {
                    try await context.aws.ec2(region: region).deleteSecurityGroup(id)
                } catch let error as AWSError where error.isNotFound {
                    // Gone is what was wanted.
                }
            },
            settled: { _ in ([.delete(address)], id) })
    }

    // MARK: Key pairs

    func put(_ operation: KeyPairOperation, at address: Address) async throws {
        let spec = operation.spec
        let ec2 = context.aws.ec2(region: spec.region)
        let tags = ResourceNames.sharedTags(fleet: context.fleet, user: spec.user)
        _ = try await journal.perform(
            Journal.Entry(
                address: address, action: "ImportKeyPair", region: spec.region,
                request: try CanonicalJSON.encode(spec)),
            lock: nil,
            call: {
                if operation.replaces { try await ec2.deleteKeyPair(name: operation.keyName) }
                return try await ec2.importKeyPair(name: operation.keyName, publicKey: spec.publicKey, tags: tags)
            },
            settled: { ([.putKeyPair(spec, keyName: operation.keyName)], $0.keyPairID) })
        await context.ids.setKey(operation.keyName, for: address)
    }

    func deleteKey(_ name: String, region: String, at address: Address) async throws {
        try await journal.perform(
            Journal.Entry(
                address: address, action: "DeleteKeyPair", region: region,
                request: try CanonicalJSON.encode(["key_name": name])),
            lock: nil, call: { try await context.aws.ec2(region: region).deleteKeyPair(name: name) },
            settled: { _ in ([.delete(address)], name) })
    }

    // MARK: Bundles and the boot script

    /// Uploads a bundle unless the bucket has its object already: the name says the content.
    func put(_ bundle: RecordedBundle, of bot: String, at address: Address) async throws {
        guard let entry = context.reading.catalogue[bot] else {
            throw ReconcileFailure.notReady("bot '\(bot)' is in no catalogue", hint: "plan again")
        }
        let s3 = context.aws.s3()
        let bucket = context.settings.aws.bucket
        let key = ParametersDocument.bundleKey(digest: bundle.digest)
        try await journal.perform(
            Journal.Entry(
                address: address, action: "PutObject", region: context.settings.aws.region,
                request: try CanonicalJSON.encode(bundle)),
            lock: nil,
            call: {
                guard try await s3.headObject(bucket: bucket, key: key) == nil else { return }
                let built = try await context.loader.bundle(entry)
                // An unchanged content keeps its digest though this machine's zlib would compress it otherwise.
                guard built.contentDigest == bundle.contentDigest else {
                    throw ReconcileFailure.notReady(
                        "the files of bot '\(bot)' changed while applying", hint: "plan again")
                }
                _ = try await s3.putObject(built.archive, bucket: bucket, key: key, contentType: "application/gzip")
            },
            settled: { _ in ([.putBundle(bot: bot, bundle)], key) })
    }

    func delete(_ bundle: RecordedBundle, isShared: Bool, at address: Address) async throws {
        let key = ParametersDocument.bundleKey(digest: bundle.digest)
        try await journal.perform(
            Journal.Entry(
                address: address, action: "DeleteObject", region: context.settings.aws.region,
                request: try CanonicalJSON.encode(["key": key])),
            lock: nil,
            call: {
                guard !isShared else { return }
                try await context.aws.s3().deleteObject(bucket: context.settings.aws.bucket, key: key)
            },
            settled: { _ in ([.delete(address)], key) })
    }

    /// Uploads the boot script unless it is there; the name says the content.
    func putBootScript() async throws {
        guard let boot = context.settings.boot else { return }
        let s3 = context.aws.s3()
        let key = ParametersDocument.bootKey(digest: SHA256.hex(boot.text))
        guard try await s3.headObject(bucket: context.settings.aws.bucket, key: key) == nil else { return }
        _ = try await s3.putObject(
            Array(boot.text.utf8), bucket: context.settings.aws.bucket, key: key, contentType: "text/x-shellscript")
    }
}
