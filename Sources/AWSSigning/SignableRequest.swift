/// What a signature covers of a request: everything in plain text, nothing encoded.
public struct SignableRequest: Hashable, Sendable {
    /// A name with its value, in a query or among headers.
    public struct Field: Hashable, Sendable {
        /// As it is, not encoded.
        public var name: String
        /// As it is, not encoded.
        public var value: String

        /// A name with its value.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `GET`, `PUT`, …
    public var method: String
    /// As the `Host` header says it: with the port where it is not the scheme's own.
    public var host: String
    /// Begins with `/`; for S3 it is the object's key, sent as it is, dots and double slashes included.
    public var path: String
    /// In any order; a name may repeat. A value-less name (`?versions`) has the value "".
    public var query: [Field]
    /// Those to sign besides `host` and the ones that the signature adds; a name may repeat.
    public var headers: [Field]

    /// A request to `host`.
    public init(method: String, host: String, path: String = "/", query: [Field] = [], headers: [Field] = []) {
        self.method = method
        self.host = host
        self.path = path
        self.query = query
        self.headers = headers
    }

    /// Path and query as they go on the wire: `/a%20b?list-type=2`.
    public var target: String {
        let path = PercentEncoding.path(path)
        return query.isEmpty ? path : "\(path)?\(canonicalQuery)"
    }

    /// The query, encoded and sorted by encoded name, then by encoded value.
    var canonicalQuery: String {
        let encoded = query.map { field in
            Field(PercentEncoding.component(field.name), PercentEncoding.component(field.value))
        }
        let sorted = encoded.sorted { left, right in
            left.name == right.name ? left.value < right.value : left.name < right.name
        }
        return sorted.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }
}
