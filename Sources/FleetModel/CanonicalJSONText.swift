/// Writes canonical JSON straight into text, for the values of which a plan writes two a deployment.
///
/// `JSONEncoder` builds a tree of boxed values first, which takes ten times as long; the text is the same, byte for byte,
/// and a test holds it to that. The caller gives the members of an object in the order of their keys.
struct CanonicalJSONText {
    private var bytes: [UInt8] = []

    /// The text of one object.
    static func object(_ members: (inout CanonicalJSONText) throws -> Void) rethrows -> String {
        var text = CanonicalJSONText()
        text.bytes.reserveCapacity(512)
        try text.enclose(in: ("{", "}"), members)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// A member whose value is written by `value`.
    private mutating func member(_ key: StaticString, _ value: (inout CanonicalJSONText) throws -> Void) rethrows {
        separate()
        byte("\"")
        key.withUTF8Buffer { bytes.append(contentsOf: $0) }
        byte("\"")
        byte(":")
        try value(&self)
    }

    /// A text; no member at all for nil.
    mutating func member(_ key: StaticString, _ value: String?) {
        guard let value else { return }
        member(key) { $0.write(value) }
    }

    /// A number; no member at all for nil.
    mutating func member(_ key: StaticString, _ value: Int?) {
        guard let value else { return }
        member(key) { $0.bytes.append(contentsOf: String(value).utf8) }
    }

    mutating func member(_ key: StaticString, _ value: Bool) {
        member(key) { $0.bytes.append(contentsOf: (value ? "true" : "false").utf8) }
    }

    mutating func member(_ key: StaticString, _ values: [String]) {
        member(key) { text in
            text.enclose(in: ("[", "]")) { text in
                for value in values {
                    text.separate()
                    text.write(value)
                }
            }
        }
    }

    /// Parameters in the order of their names' bytes, as `JSONEncoder` sorts.
    mutating func member(_ key: StaticString, _ parameters: [String: ParameterValue]) {
        member(key) { text in
            text.enclose(in: ("{", "}")) { text in
                for (name, value) in parameters.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                    text.separate()
                    text.write(name)
                    text.byte(":")
                    text.write(value)
                }
            }
        }
    }

    /// A value that is rare enough to be encoded the long way; no member at all for nil.
    mutating func member(_ key: StaticString, encoding value: (some Encodable)?) throws {
        guard let value else { return }
        let encoded = try CanonicalJSON.encode(value)
        member(key) { $0.bytes.append(contentsOf: encoded.utf8) }
    }

    // MARK: Bytes

    private mutating func enclose(
        in marks: (Unicode.Scalar, Unicode.Scalar), _ content: (inout CanonicalJSONText) throws -> Void
    ) rethrows {
        byte(marks.0)
        try content(&self)
        byte(marks.1)
    }

    /// A comma, unless what comes is the first of its object or array.
    private mutating func separate() {
        if let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") { byte(",") }
    }

    private mutating func byte(_ scalar: Unicode.Scalar) { bytes.append(UInt8(ascii: scalar)) }

    private mutating func write(_ value: ParameterValue) {
        switch value {
        case .text(let text): write(text)
        case .ssm(let name): enclose(in: ("{", "}")) { $0.member("ssm", name) }
        }
    }

    /// A string in quotes. Source: RFC 8259, section 7; what may stand as it is stands as it is.
    private mutating func write(_ text: String) {
        byte("\"")
        for unit in text.utf8 {
            switch unit {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                byte("\\")
                bytes.append(unit)
            case 0x08: bytes.append(contentsOf: "\\b".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0C: bytes.append(contentsOf: "\\f".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0..<0x20:
                bytes.append(contentsOf: (unit < 0x10 ? "\\u000" : "\\u00").utf8)
                bytes.append(contentsOf: String(unit, radix: 16).utf8)
            default: bytes.append(unit)
            }
        }
        byte("\"")
    }
}

extension CanonicalJSON {
    /// The canonical text of a deployment.
    public static func encode(_ deployment: Deployment) throws -> String {
        try CanonicalJSONText.object { text in
            text.member("bot", deployment.bot)
            text.member("count", deployment.count)
            text.member("drift", deployment.drift.rawValue)
            try text.member("hold", encoding: deployment.hold)
            text.member("image", deployment.image)
            text.member("instance_profile", deployment.instanceProfile)
            text.member("instance_type", deployment.instanceTypes)
            text.member("name", deployment.name)
            text.member("parameters", deployment.parameters)
            text.member("protect", deployment.protect)
            text.member("region", deployment.region)
            switch deployment.power {
            case .schedule(let name): text.member("schedule", name)
            case .state(let state): text.member("state", state.rawValue)
            }
            text.member("storage_gb", deployment.storageGB)
            text.member("user", deployment.user)
            text.member("when_lost", deployment.whenLost.rawValue)
        }
    }

    /// The canonical text of a spec.
    public static func encode(_ spec: InstanceSpec) throws -> String {
        CanonicalJSONText.object { text in
            text.member("boot_script", spec.bootScript)
            text.member("bot", spec.bot)
            text.member("bundle", spec.bundle)
            text.member("image", spec.image)
            text.member("instance_profile", spec.instanceProfile)
            text.member("instance_type", spec.instanceTypes)
            text.member("parameters", spec.parameters)
            text.member("protect", spec.protect)
            text.member("region", spec.region)
            text.member("script", spec.script)
            text.member("storage_gb", spec.storageGB)
            text.member("user", spec.user)
        }
    }
}
