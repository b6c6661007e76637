import AWSCloud
import FleetModel
import FleetStore
import InstanceAgent
import LibCrypto
import Planning

/// Launching: one journaled RunInstances after another over the wanted types and subnets, until AWS takes one.
extension InstanceWorker {
    func launch(_ row: RecordedInstance?) async throws -> Settling? {
        guard let spec = operation.spec, let deployment = operation.deployment else { return nil }
        if let row, row.managed, row.state.isAlive, row.instanceID != nil, operation.kind == .launch,
            change.action != .restore
        {
            // Another finished it between the plan and the lock.
            return nil
        }
        let region = context.region(spec.region)
        let image: ObservedImage
        let group: String
        var current: RecordedInstance
        do {
            (image, group) = try await needs(spec, region)
            current = try await writeParameters(try blank(row, spec), spec)
        } catch {
            // No call was journaled yet that could say it: the row and its pending start do.
            var failed = try blank(row, spec)
            failed.lastError = Journal.text(error)
            try await journal.write([.putInstance(failed), .putSession(session(.start).tried(error))], lock: lock)
            throw error
        }
        let key = context.hasKey(spec.user) ? await context.ids.key(region: spec.region, user: spec.user) : nil
        current.spec = try CanonicalJSON.encode(spec)
        current.storageGB = spec.storageGB
        current.keyName = key
        let choices = LaunchChoice.all(types: spec.instanceTypes, subnets: region?.subnets ?? [])
        var refusal: (any Error)?
        for choice in choices {
            current.generation += 1
            let request = try request(
                choice, current, spec, deployment: deployment, image: image, group: group, key: key,
                publicIP: region?.publicIP)
            do {
                return try await run(request, current)
            } catch let error as AWSError where error.isCapacity && choice != choices.last {
                report("no capacity for \(choice); trying the next")
                refusal = error
            }
        }
        throw refusal ?? ReconcileFailure.notReady("no instance type is wanted", hint: "name one in instance_type")
    }

    /// The image and the security group of a launch.
    private func needs(_ spec: InstanceSpec, _ region: Region?) async throws -> (image: ObservedImage, group: String) {
        guard let reference = spec.image.map({ ImageReference.id($0) }) ?? region?.defaultImage else {
            throw ReconcileFailure.notReady(
                "region \(spec.region) has no default_image", hint: "give it one in fleet/regions.yaml")
        }
        guard let group = await context.ids.group(region: spec.region, user: spec.user) else {
            throw ReconcileFailure.notReady("\(spec.user) has no security group in \(spec.region)", hint: "apply again")
        }
        return (try await context.images.image(reference, region: spec.region), group)
    }

    private func request(
        _ choice: LaunchChoice, _ row: RecordedInstance, _ spec: InstanceSpec, deployment: String, image: ObservedImage,
        group: String, key: String?, publicIP: Bool?
    ) throws -> RunInstancesRequest {
        let userData = UserData(
            fleet: context.fleet, instance: row.name, bucket: context.settings.aws.bucket,
            region: context.settings.aws.region, endpoint: context.endpoint)
        var tags = ResourceNames.instanceTags(fleet: context.fleet, name: row.name, deployment: deployment, spec: spec)
        tags[Tag.generation] = String(row.generation)
        let make = { (token: String) in
            RunInstancesRequest(
                imageID: image.imageID, instanceType: choice.type, subnetID: choice.subnet, securityGroupIDs: [group],
                keyName: key, userData: try userData.cloudConfig(), rootDeviceName: image.rootDeviceName ?? "/dev/sda1",
                rootVolumeGB: spec.storageGB, instanceProfile: spec.instanceProfile, instanceTags: tags,
                volumeTags: tags, clientToken: token, associatePublicIP: publicIP)
        }
        // Fleet, name, generation and every parameter: another request is never taken for this one, and this one never
        // for another.
        let material = "\(context.fleet)\n\(context.fleetID)\n\(try CanonicalJSON.encode(try make("")))"
        return try make("botfleet-\(SHA256.hex(material).prefix(48))")
    }

    private func run(_ request: RunInstancesRequest, _ row: RecordedInstance) async throws -> Settling {
        var launching = row
        launching.state = .launching
        launching.instanceID = nil
        launching.clientToken = request.clientToken
        launching.instanceType = request.instanceType
        launching.imageID = request.imageID
        launching.lastError = nil
        report("launching \(request.instanceType)")
        let ec2 = context.aws.ec2(region: row.region)
        let session = session(.start)
        let seen = try await journal.perform(
            Journal.Entry(
                address: change.address, action: "RunInstances", region: row.region,
                request: try CanonicalJSON.encode(request), clientToken: request.clientToken,
                opening: [.putInstance(launching)] + opening(session),
                refused: { [launching] error in
                    var refused = launching
                    refused.state = .planned
                    refused.lastError = Journal.text(error)
                    return [.putInstance(refused), .putSession(session.tried(error))]
                }),
            lock: lock, call: { try await ec2.runInstances(request) },
            settled: { [launching] seen in
                var launched = launching
                launched.observe(seen)
                // The spec that was applied; what AWS shows right after a launch may still lack the rest.
                launched.keyName = launching.keyName
                return (
                    [.putInstance(launched), InstanceWorker.event("InstanceLaunched", launched, state: .launching)],
                    seen.instanceID
                )
            })
        return Settling(
            name: row.name, instanceID: seen.instanceID, region: row.region, power: .running, session: session)
    }

    /// The session of this apply's start or stop: the one that an interrupted apply left pending, or a new one.
    func session(_ action: Session.Action) -> Session {
        if let pending = context.pendingSessions[operation.name], pending.action == action { return pending }
        return Session(
            instance: operation.name, deployment: operation.deployment, user: operation.spec?.user ?? "",
            action: action, scheduledFor: context.startedAt, outcome: .pending, source: operation.source)
    }
}

extension InstanceWorker {
    /// A session as it begins; one that was pending for the other action is superseded by it.
    func opening(_ session: Session) -> [RecordChange] {
        guard var old = context.pendingSessions[operation.name], old.action != session.action else {
            return [.putSession(session)]
        }
        old.outcome = .superseded
        return [.putSession(old), .putSession(session)]
    }
}

/// One of the ways in which an instance can be launched.
struct LaunchChoice: Hashable, CustomStringConvertible {
    var type: String
    /// nil leaves it to AWS.
    var subnet: String?

    var description: String { subnet.map { "\(type) in \($0)" } ?? type }

    /// Types in order of preference, and for each the subnets in theirs.
    static func all(types: [String], subnets: [String]) -> [LaunchChoice] {
        types.flatMap { type in
            subnets.isEmpty ? [LaunchChoice(type: type)] : subnets.map { LaunchChoice(type: type, subnet: $0) }
        }
    }
}

extension Session {
    /// This session after a try that failed; it stays pending, and the runner tries again.
    func tried(_ error: any Error) -> Session {
        var copy = self
        copy.attempts += 1
        copy.error = Journal.text(error)
        return copy
    }

    /// This session after AWS did what it asked.
    func succeeded(at instant: Instant) -> Session {
        var copy = self
        copy.attempts += 1
        copy.outcome = .succeeded
        copy.executedAt = instant
        copy.error = nil
        return copy
    }
}
