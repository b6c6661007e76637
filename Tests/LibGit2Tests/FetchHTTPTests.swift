import FleetTestSupport
import Foundation
import LibGit2
import Testing

@Suite struct FetchHTTPTests {
    /// Serves a folder with the repository `upstream` and gives a cache to fetch into.
    private func fetch(
        _ behaviour: GitServer.Behaviour, credentials: GitCredentials = .none, path: String = "/upstream/.git",
        deadline: Duration = .seconds(30)
    ) async throws -> (error: GitError?, branches: [String], log: [String]) {
        try await withTemporaryDirectory { folder in
            let upstream = try await GitFixture(folder.appending(path: "upstream"))
            try await upstream.commit(Dictionary(uniqueKeysWithValues: (0..<50).map { ("f\($0)", "\($0)") }))
            return try await GitServer.with(behaviour, over: folder) { server in
                let repository = try await GitRepository.openOrCreateBare(folder.path + "/cache.git")
                var failure: GitError?
                do throws(GitError) {
                    try await repository.fetch(server.url + path, credentials: credentials, deadline: deadline)
                } catch {
                    failure = error
                }
                let log = server.process.errorsSoFar.split(separator: "\n").map(String.init)
                let branches = failure == nil ? try await repository.branchesAndTags() : []
                return (failure, branches, log)
            }
        }
    }

    @Test func openServerIsFetchedFrom() async throws {
        let result = try await fetch(.open)
        #expect(result.error == nil)
        #expect(result.branches == ["main"])
    }

    @Test func tokenIsSentWhenTheServerAsks() async throws {
        let result = try await fetch(.token, credentials: .token("sesame"))
        #expect(result.error == nil)
        #expect(result.branches == ["main"])
        #expect(result.log.first?.hasSuffix("401") == true)
    }

    @Test func wrongTokenIsRefusedOnceAndNeverShown() async throws {
        let result = try await fetch(.token, credentials: .token("wrong-secret"))
        let error = try #require(result.error)
        #expect(error.code == .authentication)
        #expect(error.message == "the server refuses the token")
        #expect(error.hint == "renew it or widen its rights")
        #expect(!"\(error)\(error.subject)".contains("wrong-secret"))
        // Asked once without and once with the token: no loop.
        #expect(result.log.count == 2)
    }

    @Test func missingTokenSaysWhatToConfigure() async throws {
        let error = try #require(try await fetch(.token).error)
        #expect(error.code == .authentication)
        #expect(error.message == "the server asks for credentials and none are configured")
        #expect(error.hint == "name a token or an SSH key in the source's auth")
    }

    @Test func unknownRepositoryIsNotFound() async throws {
        let error = try #require(try await fetch(.open, path: "/none.git").error)
        #expect(error.code == .notFound)
        #expect(error.message == "unexpected http status code: 404")
    }

    @Test func forbiddenRepositoryIsAnAuthenticationError() async throws {
        let error = try #require(try await fetch(.forbidden, credentials: .token("sesame")).error)
        #expect(error.code == .authentication)
        #expect(error.hint == "the token may lack the right to read this repository")
    }

    @Test func redirectToAnotherHostIsNotFollowedWithAToken() async throws {
        let error = try #require(try await fetch(.redirect, credentials: .token("sesame")).error)
        #expect(error.message == "cannot redirect from '127.0.0.1' to 'elsewhere.invalid'")
        #expect(error.hint == "write the URL that the server redirects to")
    }

    @Test(arguments: [GitServer.Behaviour.silent, .stalling]) func serverThatFallsSilentEndsAtTheDeadline(
        behaviour: GitServer.Behaviour
    ) async throws {
        let began = ContinuousClock.now
        let error = try #require(try await fetch(behaviour, deadline: .seconds(1)).error)
        #expect(error.code == .deadlineExceeded)
        #expect(error.message == "not done after 1.0 seconds")
        #expect(ContinuousClock.now - began < .seconds(20))
    }

    /// libssh2 repeats an interrupted handshake, so the thread can't be had back: the caller is answered all the same.
    @Test func sshServerThatNeverGreetsEndsSoonAfterTheDeadline() async throws {
        try await withTemporaryDirectory { folder in
            try await GitServer.with(.silent, over: folder) { server in
                let repository = try await GitRepository.openOrCreateBare(folder.path + "/cache.git")
                let began = ContinuousClock.now
                let error = await #expect(throws: GitError.self) {
                    try await repository.fetch("ssh://git@127.0.0.1:\(server.port)/x.git", deadline: .milliseconds(500))
                }
                #expect(error?.code == .deadlineExceeded)
                #expect(ContinuousClock.now - began < .seconds(20))
            }
        }
    }

    @Test(arguments: [true, false]) func commitThatNoBranchReachesComesWhereTheServerAllows(allowed: Bool) async throws
    {
        try await withTemporaryDirectory { folder in
            let upstream = try await GitFixture(folder.appending(path: "upstream"))
            try await upstream.commit(["a": "1"])
            try await upstream.git("checkout -q -b lost")
            let lost = try await upstream.commit(["a": "lost"])
            try await upstream.git("checkout -q main")
            try await upstream.git("branch -D lost")
            try await upstream.git("config uploadpack.allowAnySHA1InWant \(allowed)")
            try await GitServer.with(.open, over: folder) { server in
                let repository = try await GitRepository.openOrCreateBare(folder.path + "/cache.git")
                let url = server.url + "/upstream/.git"
                try await repository.fetch(url)
                // Where it is not allowed the error differs by server; the commit stays away.
                try? await repository.fetch(url, refspecs: ["\(lost):refs/pins/\(lost)"], prune: false)
                let found = try? await repository.resolve(lost)
                #expect((found != nil) == allowed)
                try await repository.fetch(url)
                #expect(try await repository.branchesAndTags() == ["main"])
            }
        }
    }

    @Test func closedPortIsAnErrorThatNamesTheURL() async throws {
        try await withTemporaryDirectory { folder in
            let repository = try await GitRepository.openOrCreateBare(folder.path + "/cache.git")
            let error = await #expect(throws: GitError.self) {
                try await repository.fetch("http://127.0.0.1:1/x.git", deadline: .seconds(10))
            }
            #expect(error?.subject == "http://127.0.0.1:1/x.git")
            #expect(error?.hint == "check the URL and the network")
        }
    }

    @Test func selfSignedCertificateIsRefused() async throws {
        try await withTemporaryDirectory { folder in
            try await succeed(
                [
                    "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out",
                    "cert.pem",
                    "-days", "1", "-subj", "/CN=127.0.0.1",
                ], in: folder)
            let server = try RunningProcess(
                ["openssl", "s_server", "-key", "key.pem", "-cert", "cert.pem", "-accept", "127.0.0.1:0", "-www"],
                in: folder)
            do {
                try await waitUntil("the TLS server listens") { server.outputSoFar.contains("ACCEPT 127.0.0.1:") }
                let line = server.outputSoFar.split(separator: "\n").first { $0.hasPrefix("ACCEPT") } ?? ""
                let port = line.split(separator: ":").last.map(String.init) ?? ""
                let repository = try await GitRepository.openOrCreateBare(folder.path + "/cache.git")
                let error = await #expect(throws: GitError.self) {
                    try await repository.fetch("https://127.0.0.1:\(port)/x.git", deadline: .seconds(20))
                }
                #expect(error?.code == .certificate)
                #expect(error?.message == "the certificate of 127.0.0.1 is not trusted by this system")
            } catch {
                await server.kill()
                throw error
            }
            await server.kill()
        }
    }

    /// The child trusts the test's own authority; libgit2 reads which once a process.
    @Test(

        arguments: [
            ("DNS:localhost", "localhost", "fetched main"),
            ("DNS:other.example.com", "localhost", "the certificate of localhost is not trusted by this system"),
        ])
    func certificateOfATrustedAuthorityIsGoodForItsOwnHostAlone(
        name: String, host: String, expected: String
    ) async throws {
        try await withTemporaryDirectory { folder in
            let upstream = try await GitFixture(folder.appending(path: "upstream"))
            try await upstream.commit(["a": "1"])
            try await succeed(
                [
                    "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out",
                    "cert.pem",
                    "-days", "1", "-subj", "/CN=test", "-addext", "subjectAltName=\(name)",
                ], in: folder)
            try await succeed(["sh", "-c", "cat key.pem cert.pem > both.pem"], in: folder)
            let certificate = folder.appending(path: "both.pem")
            try await GitServer.with(.open, over: folder, certificate: certificate) { server in
                let arguments = [
                    "url": "https://\(host):\(server.port)/upstream/.git", "cache": folder.path + "/cache.git",
                    "authorities": folder.path + "/cert.pem",
                ]
                let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                    [arguments = arguments as [String: String]] in
                    setenv("GIT_SSL_CAINFO", arguments["authorities"] ?? "", 1)
                    do throws(GitError) {
                        let repository = try await GitRepository.openOrCreateBare(arguments["cache"] ?? "")
                        try await repository.fetch(arguments["url"] ?? "", deadline: .seconds(20))
                        print("RESULT fetched \(try await repository.branchesAndTags().joined(separator: ","))")
                    } catch {
                        print("RESULT \(error.message)")
                    }
                    exit(0)
                }
                let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
                #expect(output.contains("RESULT \(expected)\n"), "\(output)")
            }
        }
    }

    @Test func fileOfAuthoritiesThatCannotBeReadIsNamed() async throws {
        await #expect(processExitsWith: .success) {
            setenv("GIT_SSL_CAINFO", "/nonexistent/authorities.pem", 1)
            let error = await #expect(throws: GitError.self) { try await GitRepository.open("/") }
            #expect(error?.operation == "load the certificate authorities in")
            #expect(error?.subject == "/nonexistent/authorities.pem")
        }
    }

    @Test func tokenIsRedactedWhereverCredentialsArePrinted() {
        let credentials = GitCredentials.token("very-secret")
        var dumped = ""
        dump(credentials, to: &dumped)
        #expect("\(credentials)" == "token <redacted>")
        #expect(!(dumped + String(reflecting: credentials)).contains("very-secret"))
    }
}
