import AWSCloud
import FleetModel

/// Finds the image that a launch takes, once a region and reference.
actor ImageLookup {
    private let aws: AWS
    private var found: [String: Task<ObservedImage, any Error>] = [:]

    init(aws: AWS) { self.aws = aws }

    /// The image of a reference: by its id, or the newest that matches now.
    func image(_ reference: ImageReference, region: String) async throws -> ObservedImage {
        let key = "\(region) \(reference)"
        if let known = found[key] { return try await known.value }
        let aws = self.aws
        let task = Task { try await ImageLookup.look(aws.ec2(region: region), reference, region) }
        found[key] = task
        do {
            return try await task.value
        } catch {
            // A failure is not remembered: the next launch looks again.
            found[key] = nil
            throw error
        }
    }

    func imageID(_ reference: ImageReference, region: String) async throws -> String {
        try await image(reference, region: region).imageID
    }

    private static func look(_ ec2: EC2, _ reference: ImageReference, _ region: String) async throws -> ObservedImage {
        switch reference {
        case .id(let id):
            do {
                if let image = try await ec2.images(ids: [id]).first { return image }
            } catch let error as AWSError where error.isNotFound {
                // Said below, with what to do.
            }
            throw ReconcileFailure.noImage(region: region, wanted: id)
        case .newest(let owner, let name):
            guard let image = try await ec2.newestImage(owner: owner, name: name) else {
                throw ReconcileFailure.noImage(region: region, wanted: "'\(name)' of \(owner)")
            }
            return image
        }
    }
}
