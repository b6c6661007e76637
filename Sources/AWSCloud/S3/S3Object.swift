import FleetModel
import LibCurl

/// An object with its bytes.
public struct S3Object: Hashable, Sendable {
    /// What S3 says of it.
    public var head: S3ObjectHead
    /// Its bytes.
    public var body: [UInt8]
}

/// What S3 says of an object.
public struct S3ObjectHead: Hashable, Sendable {
    /// Without quotes.
    public var etag: String
    /// Bytes.
    public var size: Int
    /// As it was put: `application/json`.
    public var contentType: String
    /// As HTTP writes it: `Mon, 23 Nov 2026 22:15:00 GMT`.
    public var lastModified: String

    init(_ headers: [HTTPHeader], size: Int) {
        etag = S3.unquoted(headers["etag"] ?? "")
        self.size = size
        contentType = headers["content-type"] ?? ""
        lastModified = headers["last-modified"] ?? ""
    }
}

/// An object in a listing.
public struct S3ListedObject: Hashable, Sendable {
    /// The whole key, decoded.
    public var key: String
    /// Bytes.
    public var size: Int
    /// Without quotes.
    public var etag: String
    /// When it was put.
    public var lastModified: Instant?
}
