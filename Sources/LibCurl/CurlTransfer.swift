internal import CLibcurl

/// One request while curl works on it: the memory that its easy handle points into, and what came back so far.
///
/// It is touched by its loop's thread alone and must outlive the handle's use of it: the loop drops it after
/// curl_easy_reset(3).
final class CurlTransfer {
    /// The most bytes of headers that an answer may have.
    private static let maximumHeaderSize = 256 << 10

    private let handle: UnsafeMutableRawPointer
    private let request: HTTPRequest
    private let limit: Int
    private let body: UnsafeMutableRawBufferPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var headerLines: UnsafeMutablePointer<curl_slist>?

    private var headers: [HTTPHeader] = []
    private var headerSize = 0
    private var received: [UInt8] = []
    private var isTooLarge = false

    /// Sets up `handle`, which must be fresh or reset, for a request.
    /// - Throws: `CurlError` of kind `malformedRequest` where a header or the URL can't be sent.
    init(
        _ request: HTTPRequest, _ configuration: HTTPClientConfiguration, handle: UnsafeMutableRawPointer
    ) throws(CurlError) {
        self.handle = handle
        self.request = request
        self.limit = request.maximumResponseSize ?? configuration.maximumResponseSize
        let bytes = request.body ?? []
        // Never of no size: curl reads a null body as "ask the read callback", which is standard input.
        self.body = .allocate(byteCount: max(1, bytes.count), alignment: 1)
        self.errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        body.copyBytes(from: bytes)
        try setHeaders()
        setMethod(bodySize: bytes.count)
        setBounds(configuration)
        setCallbacks()
    }

    deinit {
        curl_slist_free_all(headerLines)
        body.deallocate()
        errorText.deallocate()
    }

    /// Whether any byte of the request may have reached the server.
    ///
    /// CURLINFO_PRETRANSFER_TIME_T is set just before curl begins to send, and is 0 until then.
    var mayHaveBeenSent: Bool {
        var microseconds: curl_off_t = 0
        guard shim_curl_get_offset(handle, CURLINFO_PRETRANSFER_TIME_T, &microseconds) == CURLE_OK else { return true }
        return microseconds > 0
    }

    /// The answer, or the error that curl's result stands for.
    func answer(to result: CURLcode) -> Result<HTTPResponse, CurlError> {
        if result == CURLE_OK {
            var status = 0
            shim_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
            return .success(HTTPResponse(status: status, headers: headers, body: received))
        }
        let sent = mayHaveBeenSent
        let kind = isTooLarge ? .tooLarge : CurlError.Kind(result, sent: sent)
        return .failure(
            CurlError(
                kind: kind, code: Int(result.rawValue), origin: request.origin,
                detail: isTooLarge ? "the answer is over \(limit) bytes" : detail(of: result), mayHaveBeenSent: sent))
    }

    private func detail(of result: CURLcode) -> String {
        let own = String(cString: errorText)
        return own.isEmpty ? String(cString: curl_easy_strerror(result)) : own
    }

    // MARK: setting up

    private func malformed(_ detail: String) -> CurlError {
        CurlError(kind: .malformedRequest, origin: request.origin, detail: detail, mayHaveBeenSent: false)
    }

    private func setHeaders() throws(CurlError) {
        guard !request.url.utf8.contains(where: { $0 <= 32 || $0 == 127 }) else {
            throw malformed("the URL has a space or a control character")
        }
        // Without these, curl adds headers of its own: it waits for "100 Continue", and calls any body a form.
        for removed in ["Expect:", "Content-Type:"] where request.headers[String(removed.dropLast())] == nil {
            headerLines = curl_slist_append(headerLines, removed)
        }
        for header in request.headers {
            guard let line = header.line else { throw malformed("a header has a line end or no name") }
            headerLines = curl_slist_append(headerLines, line)
        }
        shim_curl_set_list(handle, CURLOPT_HTTPHEADER, headerLines)
    }

    private func setMethod(bodySize: Int) {
        set(CURLOPT_URL, request.url)
        switch request.method {
        case .get: set(CURLOPT_HTTPGET, 1)
        case .head: set(CURLOPT_NOBODY, 1)
        case .post, .put, .delete: break
        }
        if request.method == .post || request.method == .put || request.body != nil {
            set(CURLOPT_POST, 1)
            shim_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bodySize))
            shim_curl_set_pointer(handle, CURLOPT_POSTFIELDS, body.baseAddress)
        }
        if request.method != .head { set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
    }

    private func setBounds(_ configuration: HTTPClientConfiguration) {
        let timeouts = request.timeouts ?? configuration.timeouts
        set(CURLOPT_CONNECTTIMEOUT_MS, timeouts.connect.curlMilliseconds)
        set(CURLOPT_TIMEOUT_MS, timeouts.whole.curlMilliseconds)
        set(CURLOPT_LOW_SPEED_LIMIT, 1)
        set(CURLOPT_LOW_SPEED_TIME, timeouts.silence.curlSeconds)
        // An answer that announces its size is refused before it is read; HEAD announces what it does not send.
        if request.method != .head {
            shim_curl_set_offset(handle, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(max(1, limit)))
        }
        // Timeouts by signal would hit whichever thread comes first.
        set(CURLOPT_NOSIGNAL, 1)
        // curl would fold "/./" and "/../", which are honest parts of S3 keys.
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_USERAGENT, configuration.userAgent)
        if let file = configuration.trustFile { set(CURLOPT_CAINFO, file) }
        if !request.isRepeatable { set(CURLOPT_FRESH_CONNECT, 1) }
    }

    private func setCallbacks() {
        let me = Unmanaged.passUnretained(self).toOpaque()
        shim_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        shim_curl_set_pointer(handle, CURLOPT_WRITEDATA, me)
        shim_curl_set_pointer(handle, CURLOPT_HEADERDATA, me)
        shim_curl_set_data_callback(handle, CURLOPT_WRITEFUNCTION) { data, size, count, user in
            CurlTransfer.held(by: user)?.receiveBody(UnsafeRawBufferPointer(start: data, count: size * count)) ?? 0
        }
        shim_curl_set_data_callback(handle, CURLOPT_HEADERFUNCTION) { data, size, count, user in
            CurlTransfer.held(by: user)?.receiveHeader(UnsafeRawBufferPointer(start: data, count: size * count)) ?? 0
        }
    }

    private static func held(by user: UnsafeMutableRawPointer?) -> CurlTransfer? {
        user.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func set(_ option: CURLoption, _ value: Int) { shim_curl_set_long(handle, option, value) }

    private func set(_ option: CURLoption, _ value: String) { shim_curl_set_string(handle, option, value) }

    // MARK: called by curl

    /// How many bytes were taken: fewer than were given end the transfer.
    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard received.count + bytes.count <= limit else {
            isTooLarge = true
            return 0
        }
        received.append(contentsOf: bytes)
        return bytes.count
    }

    private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        headerSize += bytes.count
        guard headerSize <= CurlTransfer.maximumHeaderSize else {
            isTooLarge = true
            return 0
        }
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // A new answer begins; what came before it was a 1xx.
            headers = []
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...]
            headers.append(HTTPHeader(String(line[..<colon]), CurlTransfer.trimmed(value)))
        }
        return bytes.count
    }

    private static func trimmed(_ text: Substring) -> String {
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(text[first...last])
    }
}
