import AWSSigning
import Testing

/// Our signatures against botocore's, over keys, queries and headers that are known to go wrong.
@Suite struct SignatureV4BotocoreTests {
    static let keys = [
        "plain.txt", "a b", " lead and trail ", "umlaut-äöü/日本語/עברית", "emoji-🤖/👩‍👩‍👧‍👦", "e\u{301}-and-\u{e9}", "a+b=c&d",
        "//double//slashes//", "/leading", "trailing/", "a/./b", "a/../b", "..", "./.", "a?b#c", "100%/%20/%zz",
        "~!*()'",
        "\"<>[]^`{|}\\;:@,$", "tab\tand\nline", "control\u{1}\u{7f}", "a/b/c/d/e", "%E4%B8%AD", "&amp;",
        String(repeating: "k/", count: 500),
    ]
    static let queries: [[[String]]] = [
        [], [["versions", ""]], [["list-type", "2"], ["prefix", "a b/ä+="], ["encoding-type", "url"]],
        [["b", "2"], ["a", "1"], ["a-b", "x"], ["a", "0"], ["A", "z"], ["a.b", "%2F"]],
        [
            ["x~y", "~"], ["é", "🤖"], ["sp ace", "a+b"],
            ["response-content-disposition", "attachment; filename=\"ü.txt\""],
        ],
    ]
    static let tokens: [String?] = [nil, "FwoGZXIvYXdzEBYaDH/+token==with/slashes+and=signs"]

    static var headerCases: [Botocore.Case] {
        var cases: [Botocore.Case] = []
        for (index, key) in keys.enumerated() {
            for (number, query) in queries.enumerated() {
                for token in tokens {
                    let method = ["GET", "PUT", "HEAD", "DELETE"][(index + number) % 4]
                    cases.append(
                        Botocore.Case(
                            method: method, scheme: number.isMultiple(of: 2) ? "https" : "http",
                            host: number.isMultiple(of: 2) ? "bucket.s3.eu-west-1.amazonaws.com" : "127.0.0.1:5000",
                            path: "/" + key, query: query,
                            headers: method == "PUT"
                                ? [["Content-Type", "text/plain;  charset=utf-8 "], ["If-None-Match", "*"]] : [],
                            body: method == "PUT" ? Array("body of \(key)".utf8) : [], service: "s3", token: token,
                            time: 951_782_400 + Int64(index) * 86_399 * 37))
                }
            }
            for service in ["ec2", "sts", "ssm"] {
                cases.append(
                    Botocore.Case(
                        method: "POST", host: "\(service).us-east-2.amazonaws.com", path: "/" + key,
                        query: queries[index % queries.count],
                        headers: [
                            ["Content-Type", "application/x-www-form-urlencoded; charset=utf-8"],
                            ["X-Amz-Target", "  many   spaces\tinside  "],
                        ],
                        body: Array("Action=DescribeInstances&Filter.1.Name=\(key)".utf8), service: service,
                        region: "us-east-2", token: tokens[index % 2]))
            }
        }
        return cases
    }

    @Test func signedHeadersAreBotocoresForEveryHardCase() async throws {
        let cases = Self.headerCases
        #expect(cases.count >= 200)
        let answers = try await Botocore.sign(cases)
        try #require(answers.count == cases.count)
        for (item, answer) in zip(cases, answers) {
            let request = item.request
            let added = SignatureV4(region: item.region, service: item.service)
                .headers(for: request, body: item.body, credentials: item.credentials, at: item.instant)
            let values = Dictionary(uniqueKeysWithValues: added.map { ($0.name, $0.value) })
            #expect(values["authorization"] == answer.authorization, "\(item.method) \(item.path) \(item.query)")
            #expect(values["x-amz-date"] == answer.date)
            #expect(values["x-amz-security-token"] == answer.token)
            #expect(values["x-amz-content-sha256"] == answer.digest)
            #expect(request.target.split(separator: "?", maxSplits: 1).first.map(String.init) == answer.path)
        }
    }

    /// botocore drops all but the first of a repeated name when it presigns, so those queries are left out here.
    static var linkCases: [Botocore.Case] {
        keys.enumerated().flatMap { index, key in
            [0, 1, 2, 4].map { number in
                Botocore.Case(
                    method: index.isMultiple(of: 5) ? "PUT" : "GET", host: "s3.us-gov-west-1.amazonaws.com",
                    path: "/bucket/" + key, query: queries[number],
                    headers: index.isMultiple(of: 3) ? [["x-amz-meta-a", " b  c "]] : [],
                    service: index.isMultiple(of: 4) && number == 0 ? "sts" : "s3", region: "us-gov-west-1",
                    token: tokens[(index + number) % 2], time: 1_800_000_000 + Int64(index), presign: 1 + index * 25_000
                )
            }
        }
    }

    @Test func presignedLinksAreBotocoresForEveryHardCase() async throws {
        let cases = Self.linkCases
        let answers = try await Botocore.sign(cases)
        try #require(answers.count == cases.count)
        for (item, answer) in zip(cases, answers) {
            let target = SignatureV4(region: item.region, service: item.service).presignedTarget(
                for: item.request, credentials: item.credentials, at: item.instant, expiresIn: item.presign ?? 1)
            let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
            try #require(parts.count == 2)
            #expect(parts[0] == answer.path)
            #expect(parts[1].hasSuffix("&X-Amz-Signature=\(answer.signature ?? "none")"), "\(item.path) \(item.query)")
            let values = parts[1].split(separator: "&").map {
                $0.split(separator: "=", omittingEmptySubsequences: false)
            }
            let decoded = values.map { [PercentEncoding.decode(String($0[0])), PercentEncoding.decode(String($0[1]))] }
            for (name, others) in answer.query ?? [:] {
                #expect(decoded.contains([name, others.first]), "\(name) of \(item.path)")
            }
        }
    }
}

extension Botocore.Case {
    var request: SignableRequest {
        SignableRequest(
            method: method, host: host, path: path, query: query.map { .init($0[0], $0[1]) },
            headers: headers.map { .init($0[0], $0[1]) })
    }
    var credentials: AWSCredentials { AWSCredentials(accessKeyID: key, secretAccessKey: secret, sessionToken: token) }
    var instant: SigningTime { SigningTime(secondsSince1970: time) }
}
