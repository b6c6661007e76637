import FleetTestSupport
import Foundation
import LibCurl
import Testing

@Suite struct HTTPClientFaultTests {
    /// The error of a request that must fail.
    private func failure(
        _ request: HTTPRequest, client: HTTPClient? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> CurlError {
        let client = try client ?? HTTPClient()
        return try #require(
            await #expect(throws: CurlError.self, sourceLocation: sourceLocation) {
                _ = try await client.send(request)
            },
            sourceLocation: sourceLocation)
    }

    @Test func nobodyListeningIsRefusedAndNothingWasSent() async throws {
        var server: ScriptedServer? = try ScriptedServer { _, _ in [] }
        let port = try #require(server?.port)
        server = nil
        try await waitUntil("the port is closed") {
            // An error is what is waited for; which one, the next lines say.
            await (try? HTTPClient().send(HTTPRequest(.get, "http://127.0.0.1:\(port)/"))) == nil
        }
        let error = try await failure(HTTPRequest(.get, "http://127.0.0.1:\(port)/secret?token=1"))
        #expect(error.kind == .refused)
        #expect(!error.mayHaveBeenSent && error.isRetryable)
        #expect(error.origin == "http://127.0.0.1:\(port)")
        #expect(!"\(error)".contains("token"))
    }

    @Test func unknownNameIsANameLookupError() async throws {
        let error = try await failure(HTTPRequest(.get, "http://no-such-host.invalid/"))
        #expect(error.kind == .nameLookup)
        #expect(!error.mayHaveBeenSent && error.isRetryable)
    }

    @Test func silenceOverTheWholeTimeoutIsATimeoutThatMayHaveBeenSent() async throws {
        let server = try ScriptedServer { _, _ in [.hang] }
        let timeouts = HTTPTimeouts(whole: .milliseconds(200))
        let start = ContinuousClock.now
        let error = try await failure(HTTPRequest(.post, server.url, body: [1], timeouts: timeouts))
        #expect(error.kind == .timeout)
        #expect(error.mayHaveBeenSent && error.isRetryable)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func silenceInMidAnswerEndsAtTheSilenceTimeout() async throws {
        let server = try ScriptedServer { _, _ in [.bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nab"), .hang] }
        let error = try await failure(
            HTTPRequest(.get, server.url, timeouts: HTTPTimeouts(whole: .seconds(30), silence: .seconds(1))))
        #expect(error.kind == .timeout)
    }

    /// A listener whose queue is full takes no more handshakes.
    @Test func handshakeThatNeverEndsIsATimeoutAndNothingWasSent() async throws {
        // 192.0.2.0/24 is for documentation (RFC 5737): packets to it go nowhere, or a router says so.
        let error = try await failure(
            HTTPRequest(.get, "http://192.0.2.1:81/", timeouts: HTTPTimeouts(connect: .milliseconds(200))))
        #expect(error.kind == .timeout || error.kind == .refused)
        #expect(!error.mayHaveBeenSent)
    }

    @Test func resetWhileAnsweringIsALostConnection() async throws {
        for steps in [
            [ScriptedServer.Step.reset], [.bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), .reset],
        ] {
            let server = try ScriptedServer { _, _ in steps }
            let error = try await failure(HTTPRequest(.get, server.url))
            #expect(error.kind == .connectionLost, "\(error)")
            #expect(error.mayHaveBeenSent && error.isRetryable)
        }
    }

    @Test func halfAnAnswerIsALostConnectionNotAShortBody() async throws {
        let server = try ScriptedServer { _, _ in [.bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), .close] }
        let error = try await failure(HTTPRequest(.get, server.url))
        #expect(error.kind == .connectionLost)
    }

    @Test func answerThatIsNotHTTPIsABadAnswer() async throws {
        for text in ["SSH-2.0-OpenSSH_9.2\r\n", "\0\0\0\0\0\0\0\0\n", "HTTP/9.9 what\r\n\r\n"] {
            let server = try ScriptedServer { _, _ in [.bytes(text), .close] }
            let error = try await failure(HTTPRequest(.get, server.url))
            #expect(error.kind == .badAnswer, "\(error)")
            #expect(!error.isRetryable)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n",
    ])
    func bodyOverTheLimitIsTooLargeHoweverItIsSent(head: String) async throws {
        let server = try ScriptedServer { _, _ in [.bytes(head + String(repeating: "x", count: 2000)), .close] }
        let error = try await failure(HTTPRequest(.get, server.url, maximumResponseSize: 1_999))
        #expect(error.kind == .tooLarge, "\(error)")
        #expect(!error.isRetryable)
    }

    @Test func bodyOfExactlyTheLimitIsTaken() async throws {
        let server = try ScriptedServer { _, _ in [.answer(200, String(repeating: "x", count: 2000))] }
        let answer = try await HTTPClient().send(HTTPRequest(.get, server.url, maximumResponseSize: 2_000))
        #expect(answer.body.count == 2_000)
    }

    @Test func headOfALargeThingIsTaken() async throws {
        let server = try ScriptedServer { _, _ in [.answer(200, String(repeating: "x", count: 2000))] }
        let answer = try await HTTPClient().send(HTTPRequest(.head, server.url, maximumResponseSize: 10))
        #expect(answer.headers["content-length"] == "2000")
    }

    @Test func endlessHeadersAreTooLarge() async throws {
        let line = "X-Line: " + String(repeating: "h", count: 4_000) + "\r\n"
        let server = try ScriptedServer { _, _ in
            [.bytes("HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 200) + "\r\n"), .close]
        }
        let error = try await failure(HTTPRequest(.get, server.url))
        #expect(error.kind == .tooLarge || error.kind == .badAnswer)
    }

    @Test(arguments: [
        ("http://127.0.0.1:1/a b", [] as [HTTPHeader]), ("http://127.0.0.1:1/\r\nX: y", []), ("ftp://127.0.0.1/", []),
        ("file:///etc/passwd", []), ("http://127.0.0.1:99999/", []), ("not a url", []),
        ("http://127.0.0.1:1/", [HTTPHeader("X", "a\r\nInjected: 1")]), ("http://127.0.0.1:1/", [HTTPHeader("", "a")]),
        ("http://127.0.0.1:1/", [HTTPHeader("A:B", "c")]), ("http://127.0.0.1:1/", [HTTPHeader("A\nB", "c")]),
    ])
    func requestThatCannotBeSentIsMalformed(url: String, headers: [HTTPHeader]) async throws {
        let error = try await failure(HTTPRequest(.get, url, headers: headers))
        #expect(error.kind == .malformedRequest, "\(error)")
        #expect(!error.mayHaveBeenSent)
    }

    @Test func cancelledTaskEndsItsTransferAtOnce() async throws {
        let server = try ScriptedServer { _, _ in [.hang] }
        let client = try HTTPClient()
        let task = Task { try await client.send(HTTPRequest(.get, server.url)) }
        try await waitUntil("the request is there") { server.requests.count == 1 }
        task.cancel()
        let error = await #expect(throws: CurlError.self) { try await task.value }
        #expect(error?.kind == .cancelled)
        #expect(error?.mayHaveBeenSent == true)
        try await waitUntil("the connection is closed") { server.openConnections == 0 }
    }

    @Test func taskCancelledBeforehandSendsNothing() async throws {
        let server = try ScriptedServer { _, _ in [.answer(200, "")] }
        let client = try HTTPClient()
        let gate = Condition()
        let task = Task.detached {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    gate.wait()
                    continuation.resume()
                }
            }
            return try await client.send(HTTPRequest(.get, server.url))
        }
        task.cancel()
        gate.signal()
        let error = await #expect(throws: CurlError.self) { try await task.value }
        #expect(error?.kind == .cancelled)
        #expect(try await client.send(HTTPRequest(.get, server.url)).status == 200)
        #expect(server.requests.count == 1)
    }

    @Test func cancellingAtRandomMomentsLosesNoAnswerAndLeavesTheClientWhole() async throws {
        let server = try ScriptedServer { _, _ in [.answer(200, "x")] }
        let client = try HTTPClient()
        var random = SeededGenerator(for: "cancellingAtRandomMoments")
        for _ in 0..<200 {
            let task = Task { try await client.send(HTTPRequest(.get, server.url)) }
            for _ in 0..<Int.random(in: 0..<50, using: &random) { await Task.yield() }
            task.cancel()
            switch await task.result {
            case .success(let answer): #expect(answer.status == 200)
            case .failure(let error): #expect((error as? CurlError)?.kind == .cancelled)
            }
        }
        #expect(try await client.send(HTTPRequest(.get, server.url)).body == Array("x".utf8))
    }

    @Test func closedClientEndsWhatIsInFlightAndWhatComesLater() async throws {
        let server = try ScriptedServer { _, _ in [.hang] }
        let client = try HTTPClient(configuration: HTTPClientConfiguration(maximumPerHost: 1))
        let tasks = [1, 2].map { _ in Task { try await client.send(HTTPRequest(.get, server.url)) } }
        try await waitUntil("one is in flight") { server.requests.count == 1 }
        client.close()
        for task in tasks {
            let error = await #expect(throws: CurlError.self) { try await task.value }
            #expect(error?.kind == .closed)
        }
        #expect(try await failure(HTTPRequest(.get, server.url), client: client).kind == .closed)
    }

    @Test func threadEndsWithTheLastReference() async throws {
        func curlThreads() throws -> Int {
            let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
            return tasks.count {
                // A thread that ended while we looked has no name left.
                (try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8)) == "curl-probe\n"
            }
        }
        let server = try ScriptedServer { _, _ in [.answer(200, "")] }
        do {
            let client = try HTTPClient(configuration: HTTPClientConfiguration(threadName: "curl-probe"))
            _ = try await client.send(HTTPRequest(.get, server.url))
            #expect(try curlThreads() == 1)
        }
        try await waitUntil("the thread is gone") { try curlThreads() == 0 }
        try await waitUntil("its connection too") { server.openConnections == 0 }
    }
}
