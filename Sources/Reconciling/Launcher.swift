import AWSCloud
import FleetModel
import FleetStore
import InstanceAgent
import LibCrypto
import Planning

/// Whose instances are launched, and what they are told of it.
struct LaunchPlace: Sendable {
    let fleet: String
    let fleetID: Int64
    /// The fleet's bucket and the region that it is in.
    let bucket: String
    let homeRegion: String
    /// The endpoint that instances are told of; nil on AWS.
    let endpoint: String?

    init(_ settings: FleetSettings, fleetID: Int64, endpoint: String?) {
        fleet = settings.name
        self.fleetID = fleetID
        bucket = settings.aws.bucket
        homeRegion = settings.aws.region
        self.endpoint = endpoint
    }
}

/// What a launch takes from elsewhere than the instance's own spec; nil where it is not recorded.
struct LaunchMaterial: Sendable {
    var region: Region?
    var bot: Bot?
    var groupID: String?
    var keyName: String?
}

/// Launches instances: one journaled RunInstances after another over the wanted types and subnets, until AWS takes one.
///
/// Apply launches with it from files, the runner from what MySQL records of them.
struct Launcher: Sendable {
    let aws: AWS
    let journal: Journal
    let images: ImageLookup
    let place: LaunchPlace
    /// Told what is being done.
    let report: @Sendable (String) -> Void

    /// Launches a row's instance; its operation lock is held by the caller.
    ///
    /// - Parameters:
    ///   - row: with deployment, user and bot of the spec; its generation is that of its last launch.
    ///   - session: the start that this is for; a failed try is recorded in it.
    ///   - opening: changes that go with the first journaled step.
    /// - Returns: the instance as AWS showed it just after.
    func launch(
        _ row: RecordedInstance, spec: InstanceSpec, deployment: String, material: LaunchMaterial, session: Session,
        opening: [RecordChange], lock: String, now: Instant
    ) async throws -> ObservedInstance {
        let image: ObservedImage
        var current: RecordedInstance
        do {
            image = try await self.image(spec, material)
            guard material.groupID != nil else {
                throw ReconcileFailure.notReady(
                    "\(spec.user) has no security group in \(spec.region)", hint: "apply again")
            }
            current = try await writeParameters(row, spec, bot: material.bot)
        } catch {
            // No call was journaled yet that could say it: the row and its pending start do.
            var failed = row
            failed.lastError = Journal.text(error)
            try await journal.write(
                [.putInstance(failed), .putSession(session.tried(Journal.text(error), at: now))], lock: lock)
            throw error
        }
        current.spec = try CanonicalJSON.encode(spec)
        current.storageGB = spec.storageGB
        current.keyName = material.keyName
        let choices = LaunchChoice.all(types: spec.instanceTypes, subnets: material.region?.subnets ?? [])
        var refusal: (any Error)?
        for choice in choices {
            current.generation += 1
            let request = try request(choice, current, spec, deployment: deployment, image: image, material)
            do {
                return try await run(request, current, session, opening, lock, now)
            } catch let error as AWSError where error.isCapacity && choice != choices.last {
                report("no capacity for \(choice); trying the next")
                refusal = error
            }
        }
        throw refusal ?? ReconcileFailure.notReady("no instance type is wanted", hint: "name one in instance_type")
    }

    /// Writes params.json with the next version, and gives the row that says so.
    ///
    /// The object is whole or not there (S3 puts are atomic), and writing it twice is harmless: the row is its journal.
    func writeParameters(_ row: RecordedInstance, _ spec: InstanceSpec, bot: Bot?) async throws -> RecordedInstance {
        var written = row
        written.paramsVersion = row.paramsVersion + 1
        let document = ParametersDocument(
            version: written.paramsVersion, fleet: place.fleet, instance: row.name, spec: spec, bot: bot)
        let body = try CanonicalJSON.encode(document)
        written.paramsDigest = try await aws.s3().putObject(
            Array(body.utf8), bucket: place.bucket, key: ParametersDocument.key(instance: row.name),
            contentType: "application/json")
        return written
    }

    private func image(_ spec: InstanceSpec, _ material: LaunchMaterial) async throws -> ObservedImage {
        guard let reference = spec.image.map({ ImageReference.id($0) }) ?? material.region?.defaultImage else {
            throw ReconcileFailure.notReady(
                "region \(spec.region) has no default_image", hint: "give it one in fleet/regions.yaml")
        }
        return try await images.image(reference, region: spec.region)
    }

    private func request(
        _ choice: LaunchChoice, _ row: RecordedInstance, _ spec: InstanceSpec, deployment: String, image: ObservedImage,
        _ material: LaunchMaterial
    ) throws -> RunInstancesRequest {
        let userData = UserData(
            fleet: place.fleet, instance: row.name, bucket: place.bucket, region: place.homeRegion,
            endpoint: place.endpoint)
        var tags = ResourceNames.instanceTags(fleet: place.fleet, name: row.name, deployment: deployment, spec: spec)
        tags[Tag.generation] = String(row.generation)
        let make = { (token: String) in
            RunInstancesRequest(
                imageID: image.imageID, instanceType: choice.type, subnetID: choice.subnet,
                securityGroupIDs: material.groupID.map { [$0] } ?? [], keyName: material.keyName,
                userData: try userData.encoded(), rootDeviceName: image.rootDeviceName ?? "/dev/sda1",
                rootVolumeGB: spec.storageGB, instanceProfile: spec.instanceProfile, instanceTags: tags,
                volumeTags: tags, clientToken: token, associatePublicIP: material.region?.publicIP)
        }
        // Fleet, name, generation and every parameter: another request is never taken for this one, and this one never
        // for another.
        let text = "\(place.fleet)\n\(place.fleetID)\n\(try CanonicalJSON.encode(try make("")))"
        return try make("botfleet-\(SHA256.hex(text).prefix(48))")
    }

    private func run(
        _ request: RunInstancesRequest, _ row: RecordedInstance, _ session: Session, _ opening: [RecordChange],
        _ lock: String, _ now: Instant
    ) async throws -> ObservedInstance {
        var launching = row
        launching.state = .launching
        launching.instanceID = nil
        launching.clientToken = request.clientToken
        launching.instanceType = request.instanceType
        launching.imageID = request.imageID
        launching.lastError = nil
        report("launching \(request.instanceType)")
        let ec2 = aws.ec2(region: row.region)
        return try await journal.perform(
            Journal.Entry(
                address: .instance(row.name), action: "RunInstances", region: row.region,
                request: try CanonicalJSON.encode(request), clientToken: request.clientToken,
                opening: [.putInstance(launching)] + opening,
                refused: { [launching] error in
                    var refused = launching
                    refused.state = .planned
                    refused.lastError = Journal.text(error)
                    return [.putInstance(refused), .putSession(session.tried(Journal.text(error), at: now))]
                }),
            lock: lock, call: { try await ec2.runInstances(request) },
            settled: { [launching] seen in
                var launched = launching
                launched.observe(seen)
                // The spec that was applied; what AWS shows right after a launch may still lack the rest.
                launched.keyName = launching.keyName
                return (
                    [
                        .putInstance(launched), .putSession(session.called(at: journal.store.estimatedNow ?? now)),
                        InstanceWorker.event("InstanceLaunched", launched, state: .launching),
                    ], seen.instanceID
                )
            })
    }
}
