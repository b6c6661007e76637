import AWSSigning
import FleetModel
import LibCurl

/// S3 in one region: objects of a bucket.
///
/// A key is any text of up to 1,024 bytes of UTF-8 and is sent as it is. Swift compares texts by their canonical form,
/// S3 by their bytes: where that may matter, compare `Array(key.utf8)`.
public struct S3: Sendable {
    /// AWS's name of the region.
    public let region: String
    let transport: AWSTransport

    init(transport: AWSTransport, region: String) {
        self.transport = transport
        self.region = region
    }

    func call(
        _ operation: String, _ method: HTTPRequest.Method, _ bucket: String, path: String = "/",
        query: [(String, String)] = []
    ) -> AWSCall {
        AWSCall(
            service: "s3", operation: operation, region: region, method: method, bucket: bucket, path: path,
            query: query.map { SignableRequest.Field($0.0, $0.1) })
    }

    /// Whether the bucket is there and may be used.
    /// - Throws: `AWSError` that `isNotFound`, or `isUnauthorized`; or of code `PermanentRedirect` for another
    ///   region's.
    public func headBucket(_ bucket: String) async throws {
        _ = try await transport.send(call("HeadBucket", .head, bucket))
    }

    /// A link by which anyone may get an object until it expires: 1 s to 7 days, and no longer than the credentials
    /// live.
    ///
    /// Nothing is asked of S3: the object need not exist.
    public func presignedGet(
        bucket: String, key: String, expires: Duration, at time: Instant
    ) async throws -> String {
        let call = call("GetObject", .get, bucket, path: "/\(key)")
        let seconds = Int(expires.components.seconds)
        guard (1...SignatureV4.longestExpiry).contains(seconds) else {
            throw call.error(.badRequest, "a link lives 1 s to 7 days, not \(expires)")
        }
        return try await transport.presigned(call, expiresIn: seconds, at: time)
    }
}
