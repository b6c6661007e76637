import AWSCloud
import FleetModel

/// The object that says which fleet a bucket belongs to.
struct BucketMarker: Codable, Hashable {
    var fleet: String
    var account: String

    static let key = "botfleet.json"

    /// Makes sure that the bucket is there and not another fleet's; false if it has no marker yet.
    static func check(_ s3: S3, bucket: String, region: String, fleet: String) async throws -> Bool {
        do {
            try await s3.headBucket(bucket)
        } catch let error as AWSError where error.isNotFound {
            throw ReconcileFailure.bucketMissing(bucket: bucket, region: region)
        }
        guard let object = try await s3.getObject(bucket: bucket, key: key, maximumSize: 65_536) else { return false }
        let marker: BucketMarker
        do {
            marker = try CanonicalJSON.decode(BucketMarker.self, from: String(decoding: object.body, as: UTF8.self))
        } catch {
            throw ReconcileFailure.notReady(
                "object '\(key)' of bucket '\(bucket)' says no fleet",
                hint: "use another bucket, or delete the object if the bucket is this fleet's alone")
        }
        guard marker.fleet == fleet else {
            throw ReconcileFailure.otherFleetsBucket(bucket: bucket, owner: marker.fleet)
        }
        return true
    }

    /// Marks a bucket that has no marker; of two fleets that try at once, one wins.
    static func write(_ s3: S3, bucket: String, region: String, fleet: String, account: String) async throws {
        var pause = Duration.milliseconds(200)
        for attempt in 1... {
            do {
                return try await put(s3, bucket: bucket, region: region, fleet: fleet, account: account)
            } catch let error as AWSError where error.isRetryable && attempt < attempts {
                // A put that may happen only once is not repeated blindly: whether it happened is read.
                try await Task.sleep(for: pause)
                pause *= 2
                if try await check(s3, bucket: bucket, region: region, fleet: fleet) { return }
            }
        }
    }

    /// How often a marker is written before the error stands: over some three seconds.
    private static let attempts = 5

    private static func put(_ s3: S3, bucket: String, region: String, fleet: String, account: String) async throws {
        let body = try CanonicalJSON.encode(BucketMarker(fleet: fleet, account: account))
        do {
            _ = try await s3.putObject(
                Array(body.utf8), bucket: bucket, key: key, contentType: "application/json", onlyIfAbsent: true)
        } catch let error as AWSError where error.isDuplicate {
            _ = try await check(s3, bucket: bucket, region: region, fleet: fleet)
        }
    }
}
