import AWSSigning
import FleetModel
import LibCurl

/// One object at a time.
extension S3 {
    /// Puts an object and gives its ETag (without quotes; the MD5 of a body put in one piece).
    ///
    /// With `onlyIfAbsent` an object that is there already stays, and the error `isDuplicate`.
    /// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
    @discardableResult
    public func putObject(
        _ body: [UInt8], bucket: String, key: String, contentType: String = "application/octet-stream",
        onlyIfAbsent: Bool = false
    ) async throws -> String {
        var call = call("PutObject", .put, bucket, path: "/\(key)")
        call.body = body
        call.headers = [SignableRequest.Field("content-type", contentType)]
        if onlyIfAbsent {
            call.headers.append(SignableRequest.Field("if-none-match", "*"))
            // If it worked and the answer was lost, a repetition would say that another had been there first.
            call.repeatability = .never
        }
        let response = try await transport.send(call)
        return S3.unquoted(response.headers["etag"] ?? "")
    }

    /// Gets an object; nil where there is none of this key. One over `maximumSize` bytes is an error, not a part.
    ///
    /// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    public func getObject(bucket: String, key: String, maximumSize: Int) async throws -> S3Object? {
        var call = call("GetObject", .get, bucket, path: "/\(key)")
        // An error's text needs room too.
        call.maximumResponseSize = max(maximumSize, 64 << 10)
        guard let response = try await unlessAbsent(call) else { return nil }
        guard response.body.count <= maximumSize else {
            throw call.error(
                .badRequest, "the object has \(response.body.count) bytes, over \(maximumSize)", attempts: 1)
        }
        return S3Object(head: S3ObjectHead(response.headers, size: response.body.count), body: response.body)
    }

    /// What S3 says of an object; nil where there is none of this key, or no such bucket: HEAD can't tell.
    public func headObject(bucket: String, key: String) async throws -> S3ObjectHead? {
        let response = try await unlessAbsent(call("HeadObject", .head, bucket, path: "/\(key)"))
        return response.map { response in
            S3ObjectHead(response.headers, size: response.headers["content-length"].flatMap { Int($0) } ?? 0)
        }
    }

    /// Deletes an object; one that is not there is no error.
    public func deleteObject(bucket: String, key: String) async throws {
        _ = try await transport.send(call("DeleteObject", .delete, bucket, path: "/\(key)"))
    }

    private func unlessAbsent(_ call: AWSCall) async throws -> HTTPResponse? {
        do {
            return try await transport.send(call)
        } catch let error as AWSError where error.isNotFound && error.code != .noSuchBucket {
            return nil
        }
    }

    static func unquoted(_ etag: String) -> String {
        etag.hasPrefix("\"") && etag.hasSuffix("\"") && etag.count > 1 ? String(etag.dropFirst().dropLast()) : etag
    }
}
