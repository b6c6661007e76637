import LibCurl

/// Listing a bucket. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
extension S3 {
    /// Objects on a page, at most; S3 gives no more.
    private static let pageSize = 1000

    /// The objects whose key begins with `prefix` and comes after `startAfter`, in the order of their keys' bytes, page
    /// by page.
    public func objectPages(
        bucket: String, prefix: String, startAfter: String? = nil
    ) -> Pages<S3ListedObject> {
        let listing = call("ListObjectsV2", .get, bucket)
        let endless: @Sendable () -> AWSError = {
            listing.error(.unreadableAnswer, "AWS's answer can't be read: its pages have no end", attempts: 1)
        }
        return Pages(endless: endless) { token in
            // Keys with control characters would not be XML: S3 encodes them, and we decode.
            var query = [
                ("list-type", "2"), ("encoding-type", "url"), ("max-keys", String(S3.pageSize)), ("prefix", prefix),
            ]
            if let token {
                query.append(("continuation-token", token))
            } else if let startAfter {
                query.append(("start-after", startAfter))
            }
            let call = call("ListObjectsV2", .get, bucket, query: query)
            let response = try await transport.send(call)
            var page = ObjectPage()
            do throws(MalformedXML) {
                try page.read(response.body)
            } catch {
                throw call.error(
                    .unreadableAnswer, "AWS's answer can't be read: line \(error.line): \(error.reason)", attempts: 1)
            }
            if let fault = page.fault {
                throw call.error(.unreadableAnswer, "AWS's answer can't be read: \(fault)", attempts: 1)
            }
            return Pages.Page(elements: page.objects, next: page.isTruncated ? page.nextToken : nil)
        }
    }

    /// All objects whose key begins with `prefix` and comes after `startAfter`, in the order of their keys' bytes.
    public func listObjects(
        bucket: String, prefix: String, startAfter: String? = nil
    ) async throws -> [S3ListedObject] {
        try await objectPages(bucket: bucket, prefix: prefix, startAfter: startAfter).all()
    }
}
