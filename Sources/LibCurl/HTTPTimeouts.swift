/// How long the parts of a request may take. Time spent waiting for a free slot of the client doesn't count.
public struct HTTPTimeouts: Hashable, Sendable {
    /// From the start to the end of the TCP and TLS handshakes, name lookup included.
    public var connect: Duration
    /// From the start to the last byte of the answer.
    public var whole: Duration
    /// The longest that nothing at all may arrive or leave, in whole seconds; the server's thinking counts.
    public var silence: Duration

    /// Timeouts, each over zero; curl rounds `connect` and `whole` up to milliseconds.
    public init(
        connect: Duration = .seconds(10), whole: Duration = .seconds(60), silence: Duration = .seconds(30)
    ) {
        self.connect = connect
        self.whole = whole
        self.silence = silence
    }
}

extension Duration {
    /// Milliseconds, rounded up, at least 1: 0 is "no limit" to curl.
    var curlMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < Int64(Int32.max) / 1000 else { return Int(Int32.max) }
        return max(1, Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }

    /// Seconds, rounded up, at least 1.
    var curlSeconds: Int { max(1, (curlMilliseconds + 999) / 1000) }
}
