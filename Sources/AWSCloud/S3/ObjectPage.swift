import AWSSigning
import FleetModel

/// Reads the objects of a ListObjectsV2 answer as they go by.
struct ObjectPage: XMLHandler {
    private(set) var objects: [S3ListedObject] = []
    private(set) var isTruncated = false
    private(set) var nextToken: String?
    /// Why the page must not be trusted: a key that can't be decoded, an object without one.
    private(set) var fault: String?

    private var places: [Place] = []
    private var key: String?
    private var size = 0
    private var etag = ""
    private var lastModified: String?

    private enum Place {
        case other, answer, object, key, size, etag, lastModified, isTruncated, nextToken
    }

    mutating func begin(_ name: String) -> Bool {
        let place: Place
        switch places.last {
        case nil: place = name == "ListBucketResult" ? .answer : .other
        case .answer:
            place =
                switch name {
                case "Contents": .object
                case "IsTruncated": .isTruncated
                case "NextContinuationToken": .nextToken
                default: .other
                }
        case .object:
            place =
                switch name {
                case "Key": .key
                case "Size": .size
                case "ETag": .etag
                case "LastModified": .lastModified
                default: .other
                }
        case .other, .key, .size, .etag, .lastModified, .isTruncated, .nextToken: place = .other
        }
        places.append(place)
        if place == .object { (key, size, etag, lastModified) = (nil, 0, "", nil) }
        if places.count == 1, place == .other { fault = "it is a <\(name)>, not a <ListBucketResult>" }
        return place != .other && place != .answer && place != .object
    }

    mutating func end(_ text: String) {
        switch places.popLast() {
        case .key: key = PercentEncoding.decode(text, plusAsSpace: true)
        case .size: size = Int(text) ?? 0
        case .etag: etag = S3.unquoted(text)
        case .lastModified: lastModified = text
        case .isTruncated: isTruncated = text == "true"
        case .nextToken: nextToken = text
        case .object:
            guard let key else {
                fault = fault ?? "an object's key is missing or not UTF-8"
                return
            }
            objects.append(
                S3ListedObject(
                    key: key, size: size, etag: etag, lastModified: lastModified.flatMap { Instant(rfc3339: $0) }))
        case .answer where isTruncated && nextToken == nil:
            fault = fault ?? "it goes on, but does not say where"
        case .answer, .other, nil: break
        }
    }
}
