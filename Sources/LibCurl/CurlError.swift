internal import CLibcurl

/// A request that got no whole answer. It names the server, never the path, query, headers or body.
public struct CurlError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Why there is no answer.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The name has no address, or no name server answered.
        case nameLookup
        /// Nobody listens there, or no route leads there.
        case refused
        /// The handshake failed, or the certificate is not trusted.
        case tls
        /// A timeout of ``HTTPTimeouts`` passed.
        case timeout
        /// The connection ended before the whole answer was there.
        case connectionLost
        /// The answer is over the size limit.
        case tooLarge
        /// What came is not HTTP.
        case badAnswer
        /// The request can't be sent: its URL or a header is malformed.
        case malformedRequest
        /// The task was cancelled.
        case cancelled
        /// The client was closed.
        case closed
        /// Anything else; `code` says what.
        case other
    }

    /// Why there is no answer.
    public var kind: Kind
    /// curl's result code (libcurl-errors(3)); 0 where curl was not asked.
    public var code: Int
    /// Scheme, host and port.
    public var origin: String
    /// curl's own words.
    public var detail: String
    /// Whether the server may have got the request, in whole or in part: only if not is it safe to repeat any request.
    public var mayHaveBeenSent: Bool

    /// An error as curl or the client found it.
    public init(kind: Kind, code: Int = 0, origin: String, detail: String, mayHaveBeenSent: Bool) {
        self.kind = kind
        self.code = code
        self.origin = origin
        self.detail = detail
        self.mayHaveBeenSent = mayHaveBeenSent
    }

    /// Whether the same request may work a moment later. It says nothing of whether repeating it is safe.
    public var isRetryable: Bool {
        switch kind {
        case .nameLookup, .refused, .timeout, .connectionLost: true
        // A handshake that broke off may work again; a certificate that is not trusted won't be.
        case .tls: code == Int(CURLE_SSL_CONNECT_ERROR.rawValue)
        case .tooLarge, .badAnswer, .malformedRequest, .cancelled, .closed, .other: false
        }
    }

    /// `timeout: http://127.0.0.1:5000: Operation timed out after 1001 milliseconds with 0 bytes received`.
    public var description: String { "\(kind.rawValue): \(origin): \(detail)" }
}

extension CurlError.Kind {
    /// The kind of a result code; an unknown one is `other`.
    init(_ code: CURLcode, sent: Bool) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .nameLookup
        case CURLE_COULDNT_CONNECT: self = .refused
        case CURLE_OPERATION_TIMEDOUT: self = .timeout
        case CURLE_FILESIZE_EXCEEDED: self = .tooLarge
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE: self = .connectionLost
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP2: self = .badAnswer
        // An answer of HTTP/0.9, which is any text at all, is reported as an unsupported protocol.
        case CURLE_UNSUPPORTED_PROTOCOL: self = sent ? .badAnswer : .malformedRequest
        case CURLE_URL_MALFORMAT: self = .malformedRequest
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_USE_SSL_FAILED, CURLE_SSL_ENGINE_INITFAILED:
            self = .tls
        default: self = .other
        }
    }
}
