import FleetModel
import FoundationEssentials

/// `uploads/UTC-NAME.jsonl` in the bucket: what an agent sent, so that one listing tells of the whole fleet (SPEC 10).
public struct UploadList: Hashable, Sendable {
    /// Where all lists lie.
    public static let prefix = "uploads/"
    /// An agent writes 1,000 lines at most; what is larger than this is not one of its.
    public static let maximumSize = 4 << 20

    /// The whole key.
    public var key: ObjectKey
    /// When it was written, by S3's clock.
    public var writtenAt: Instant
    /// Whose results it tells of.
    public var instance: String

    /// The list of a key like `uploads/20261125T131200.123456Z-linkedin-watch-2.jsonl`; nil for another.
    public init?(key: String) {
        guard key.hasPrefix(UploadList.prefix), key.hasSuffix(".jsonl") else { return nil }
        let name = key.dropFirst(UploadList.prefix.count).dropLast(".jsonl".count)
        guard let dash = name.firstIndex(of: "-") else { return nil }
        let stamp = name[..<dash]
        let instance = name[name.index(after: dash)...]
        guard !instance.isEmpty, let time = UploadList.instant(stamp) else { return nil }
        self.key = ObjectKey(key)
        self.writtenAt = time
        self.instance = String(instance)
    }

    /// The key after which lists of this time and later ones come.
    public static func startAfter(_ time: Instant) -> String {
        prefix + time.description.filter { $0 != "-" && $0 != ":" && $0 != "Z" }
    }

    /// The results that a list names, those of its own instance only; and how many of its lines say nothing usable.
    public func entries(_ body: [UInt8]) -> (objects: [ResultObject], unreadable: Int) {
        let own = Array(ResultObject.prefix(instance: instance).utf8)
        let decoder = JSONDecoder()
        var objects: [ResultObject] = []
        var unreadable = 0
        for line in body.split(separator: UInt8(ascii: "\n")) {
            // What is wrong with a line that an instance wrote matters to nobody: it is counted.
            guard let entry = try? decoder.decode(Entry.self, from: Data(line)), entry.size >= 0,
                let time = Instant(rfc3339: entry.lastModified), entry.key.utf8.count <= UploadList.longestKey,
                entry.key.utf8.starts(with: own)
            else {
                unreadable += 1
                continue
            }
            objects.append(
                ResultObject(key: ObjectKey(entry.key), instance: instance, size: entry.size, lastModified: time))
        }
        return (objects, unreadable)
    }

    private static let longestKey = 1024

    private struct Entry: Decodable {
        var key: String
        var size: Int
        var lastModified: String

        private enum CodingKeys: String, CodingKey {
            case key, size
            case lastModified = "last_modified"
        }
    }

    /// `20261125T131200.123456Z`, the fraction left out or not.
    private static func instant(_ stamp: Substring) -> Instant? {
        let digits = Array(stamp.utf8)
        guard digits.count >= 16, digits[8] == UInt8(ascii: "T"), digits.last == UInt8(ascii: "Z") else { return nil }
        let text = { (range: Range<Int>) in String(decoding: digits[range], as: UTF8.self) }
        let date = "\(text(0..<4))-\(text(4..<6))-\(text(6..<8))"
        let time = "\(text(9..<11)):\(text(11..<13)):\(text(13..<15))"
        return Instant(rfc3339: "\(date)T\(time)\(text(15..<digits.count))")
    }
}
