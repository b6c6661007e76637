import AWSCloud
import Diagnostics
import FleetFiles
import FleetModel
import FleetStore
import Foundation
import Reconciling
import Scheduling
import Views

/// The checks of `botfleet doctor`, each of which tells what it found and never throws.
struct Doctor {
    let context: CommandContext
    /// A clock that differs more than this from the database's makes AWS refuse signatures sooner or later
    /// (RequestTimeTooSkewed at 5 minutes).
    private static let clockTolerance = 30

    func examine() async -> [CheckRow] {
        var checks: [CheckRow] = [timeZones()]
        let files = context.loader.files()
        let errors = files.diagnostics.count { $0.severity == .error }
        checks.append(
            errors == 0 && files.repository != nil
                ? CheckRow(.passed, "files", "valid")
                : CheckRow(
                    .failed, "files", errors == 1 ? "1 error" : "\(errors) errors", hint: "botfleet validate shows them"
                ))
        guard let repository = files.repository else { return checks }
        let (database, recorded) = await database(repository.settings.value)
        checks += database
        checks += await cloud(repository, recorded)
        return checks
    }

    private func timeZones() -> CheckRow {
        let zones = context.zones
        let count = zones.names().count
        guard count > 0 else {
            return CheckRow(
                .failed, "time zones", "no IANA data in \(zones.directory)",
                hint: "install tzdata, or set TZDIR")
        }
        return CheckRow(.passed, "time zones", "IANA \(zones.version()), \(count) zones in \(zones.directory)")
    }

    // MARK: Database

    private func database(_ settings: FleetSettings) async -> ([CheckRow], RecordedState?) {
        do {
            return try await context.withStore(settings) { store in
                var checks = [CheckRow(.passed, "database", "reached")]
                let status = try await store.schemaStatus()
                if status.isEmpty {
                    checks.append(
                        CheckRow(.passed, "schema", "empty; the first botfleet apply makes it"))
                    return (checks, nil)
                }
                do {
                    try status.requireCurrent()
                    checks.append(CheckRow(.passed, "schema", "version \(status.current), current"))
                } catch {
                    checks.append(CheckRow("schema", failed: error))
                    return (checks, nil)
                }
                let before = Int64(Date.now.timeIntervalSince1970)
                let theirs = try await store.databaseNow().seconds
                let difference = Int(theirs - before)
                checks.append(
                    abs(difference) <= Doctor.clockTolerance
                        ? CheckRow(.passed, "clock", "within \(abs(difference)) s of the database's")
                        : CheckRow(
                            .warned, "clock", "\(difference) s off the database's",
                            hint: "AWS refuses requests of a clock that is 5 minutes wrong: run NTP"))
                return (checks, try await store.recordedState(fleet: settings.name))
            }
        } catch {
            return ([CheckRow("database", failed: error)], nil)
        }
    }

    // MARK: AWS

    private func cloud(_ repository: FleetRepository, _ recorded: RecordedState?) async -> [CheckRow] {
        let settings = repository.settings.value
        do {
            let aws = try context.aws(settings)
            let observer = Observer(aws: aws, settings: settings)
            let account = try await observer.account(recorded: recorded?.fleet)
            var checks = [CheckRow(.passed, "credentials", "account \(account)")]
            checks.append(await bucket(observer, settings))
            for region in repository.regions { checks += await examine(region.value, aws) }
            return checks
        } catch {
            return [CheckRow("credentials", failed: error)]
        }
    }

    private func bucket(_ observer: Observer, _ settings: FleetSettings) async -> CheckRow {
        do {
            let isMarked = try await observer.bucketIsMarked()
            return CheckRow(
                .passed, "bucket",
                "\(settings.aws.bucket) \(isMarked ? "belongs to this fleet" : "is there; the first apply marks it")")
        } catch {
            return CheckRow("bucket", failed: error)
        }
    }

    private func examine(_ region: Region, _ aws: AWS) async -> [CheckRow] {
        let name = region.name
        let ec2 = aws.ec2(region: name)
        do {
            let count = try await ec2.instances().count
            var checks = [CheckRow(.passed, name, "\(count) instances listed")]
            if let vpc = region.vpc {
                if try await ec2.vpcs(matching: [EC2Filter("vpc-id", [vpc])]).isEmpty {
                    checks.append(
                        CheckRow(.failed, name, "there is no VPC \(vpc)", hint: "mend vpc in fleet/regions.yaml"))
                }
            } else if try await ec2.defaultVPC() == nil {
                checks.append(
                    CheckRow(.failed, name, "there is no default VPC", hint: "name a vpc in fleet/regions.yaml"))
            }
            if let image = region.defaultImage { checks.append(await self.image(image, region: name, ec2)) }
            return checks
        } catch {
            return [CheckRow(name, failed: error)]
        }
    }

    private func image(_ reference: ImageReference, region: String, _ ec2: EC2) async -> CheckRow {
        do {
            let found: ObservedImage?
            switch reference {
            case .id(let id): found = try await ec2.images(ids: [id]).first
            case .newest(let owner, let name): found = try await ec2.newestImage(owner: owner, name: name)
            }
            guard let found else {
                return CheckRow(
                    .failed, region, "no image matches default_image",
                    hint: "mend default_image in fleet/regions.yaml")
            }
            return CheckRow(.passed, region, "default image \(found.imageID) \(found.name)")
        } catch {
            return CheckRow(region, failed: error)
        }
    }
}

extension CheckRow {
    /// A check that met an error.
    init(_ name: String, failed error: any Error) {
        let described = error as? any DescribedFailure
        self.init(.failed, name, described?.summary ?? String(describing: error), hint: described?.hint)
    }
}
