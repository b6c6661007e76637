import FleetTestSupport
import LibCurl
import Testing

@Suite struct HTTPClientTests {
    @Test func answerHasItsStatusHeadersAndBody() async throws {
        let server = try ScriptedServer { _, _ in [.answer(404, "gone", headers: ["X-Request-ID: r1", "X-Empty:"])] }
        let answer = try await HTTPClient().send(HTTPRequest(.get, "\(server.url)/thing"))
        #expect(answer.status == 404)
        #expect(answer.body == Array("gone".utf8))
        #expect(answer.headers["x-request-id"] == "r1")
        #expect(answer.headers["X-EMPTY"] == "")
        #expect(answer.headers["absent"] == nil)
    }

    @Test func bodyAndHeadersArriveAsGiven() async throws {
        let server = try ScriptedServer { _, _ in [.answer(200, "ok")] }
        let client = try HTTPClient(configuration: HTTPClientConfiguration(userAgent: "tests/1"))
        let body = [UInt8](repeating: 0, count: 300_000) + [255]
        for method in [HTTPRequest.Method.post, .put] {
            _ = try await client.send(
                HTTPRequest(
                    method, "\(server.url)/a", headers: [HTTPHeader("X-Case", "Kept"), HTTPHeader("X-Void", "")],
                    body: body))
        }
        for request in server.requests {
            #expect(request.body == body)
            #expect(request.headers["x-case"] == "Kept")
            #expect(request.headers["x-void"] == "")
            #expect(request.headers["user-agent"] == "tests/1")
            #expect(request.headers["expect"] == nil)
            #expect(request.headers["content-type"] == nil)
        }
        #expect(server.requests.map(\.method) == ["POST", "PUT"])
    }

    @Test func methodsWithoutABodySendNoneAndPutAlwaysAnnouncesOne() async throws {
        let server = try ScriptedServer { _, _ in [.answer(200, "x")] }
        let client = try HTTPClient()
        for method in HTTPRequest.Method.allCases {
            let answer = try await client.send(HTTPRequest(method, server.url + "/"))
            #expect(answer.status == 200)
            #expect(answer.body == (method == .head ? [] : Array("x".utf8)))
        }
        #expect(server.requests.map(\.method) == HTTPRequest.Method.allCases.map(\.rawValue))
        #expect(server.requests.map { $0.headers["content-length"] } == [nil, nil, "0", "0", nil])
    }

    @Test(arguments: ["/a/./b/../c", "//double//", "/%2e%2e/x", "/key%20with%23?b=2&a=1&a"])
    func pathsAndQueriesGoOutUntouched(target: String) async throws {
        let server = try ScriptedServer { _, _ in [.answer(200, "")] }
        _ = try await HTTPClient().send(HTTPRequest(.get, server.url + target))
        #expect(server.requests.map(\.target) == [target])
    }

    @Test func redirectsAreAnswers() async throws {
        let server = try ScriptedServer { _, _ in [.answer(301, "", headers: ["Location: http://127.0.0.1:1/"])] }
        let answer = try await HTTPClient().send(HTTPRequest(.get, server.url))
        #expect(answer.status == 301)
        #expect(answer.headers["location"] == "http://127.0.0.1:1/")
    }

    @Test func interimAnswersArePassedOver() async throws {
        let server = try ScriptedServer { _, _ in
            [
                .bytes(
                    "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Late: 2\r\nContent-Length: 1\r\n\r\ny"
                )
            ]
        }
        let answer = try await HTTPClient().send(HTTPRequest(.get, server.url))
        #expect(answer.status == 200)
        #expect(answer.headers.map(\.name) == ["X-Late", "Content-Length"])
    }

    @Test func connectionsAreKeptAndUsedAgain() async throws {
        let server = try ScriptedServer { _, _ in [.answer(200, "")] }
        let client = try HTTPClient()
        for _ in 0..<20 { _ = try await client.send(HTTPRequest(.get, server.url)) }
        #expect(server.connections == 1)
    }

    @Test func requestThatMayNotBeRepeatedTakesAFreshConnection() async throws {
        let server = try ScriptedServer { _, _ in [.answer(200, "")] }
        let client = try HTTPClient()
        for _ in 0..<3 { _ = try await client.send(HTTPRequest(.post, server.url, isRepeatable: false)) }
        #expect(server.connections == 3)
    }

    /// A kept connection that the server ends after it read the request: curl repeats what it may, and only that.
    @Test(arguments: [true, false])
    func deadKeptConnectionRepeatsOnlyWhatMayBeRepeated(isRepeatable: Bool) async throws {
        let server = try ScriptedServer { request, number in
            number == 1 ? [.close] : [.answer(200, "\(number)")]
        }
        let client = try HTTPClient()
        _ = try await client.send(HTTPRequest(.get, server.url))
        let second = HTTPRequest(.post, server.url, body: [1], isRepeatable: isRepeatable)
        if isRepeatable {
            #expect(try await client.send(second).status == 200)
            #expect(server.requests.count == 3)
        } else {
            let error = await #expect(throws: CurlError.self) { try await client.send(second) }
            #expect(error?.kind == .connectionLost)
            #expect(error?.mayHaveBeenSent == true)
            #expect(server.requests.count == 2)
        }
    }

    @Test func requestsToOneHostKeepToTheBoundAndAllAreServed() async throws {
        let gate = Condition()
        let server = try ScriptedServer { _, _ in
            gate.wait()
            return [.answer(200, "")]
        }
        let client = try HTTPClient(configuration: HTTPClientConfiguration(maximumPerHost: 4, maximumTotal: 8))
        try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<40 {
                group.addTask { try await client.send(HTTPRequest(.get, "\(server.url)/\(index)")).status }
            }
            try await waitUntil("four are served at once") { server.mostAtOnce == 4 }
            gate.signal()
            for try await status in group { #expect(status == 200) }
        }
        #expect(server.mostAtOnce == 4)
        #expect(server.requests.count == 40)
        #expect(server.connections <= 8)
    }

    @Test func fullHostHoldsUpNoOther() async throws {
        let slow = try ScriptedServer { _, _ in [.hang] }
        let quick = try ScriptedServer { _, _ in [.answer(200, "")] }
        let client = try HTTPClient(configuration: HTTPClientConfiguration(maximumPerHost: 1, maximumTotal: 2))
        let stuck = [1, 2, 3].map { _ in Task { try await client.send(HTTPRequest(.get, slow.url)) } }
        try await waitUntil("one request hangs") { slow.requests.count == 1 }
        #expect(try await client.send(HTTPRequest(.get, quick.url)).status == 200)
        #expect(slow.requests.count == 1)
        for task in stuck { task.cancel() }
        for task in stuck { await #expect(throws: CurlError.self) { try await task.value } }
    }

    @Test func manyRequestsAtOnceAllGetTheirOwnAnswer() async throws {
        let server = try ScriptedServer { request, _ in [.answer(200, request.target)] }
        let client = try HTTPClient()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<500 {
                group.addTask {
                    let answer = try await client.send(HTTPRequest(.get, "\(server.url)/\(index)"))
                    return answer.body == Array("/\(index)".utf8)
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(server.connections <= 16)
    }
}
