import FleetTestSupport
import Foundation
import LibGit2
import Testing

/// Against a private sshd. libgit2 reads HOME once a process, so each fetch runs in a process of its own, whose HOME holds
/// the known_hosts file that the test wants.
@Suite(.enabled(if: SSHServer.isInstalled, "needs openssh-server"))
struct FetchSSHTests {
    /// Fetches in a child with this HOME; `fetched`, or the error's code and text.
    private func fetch(
        _ server: SSHServer, keyFile: String? = nil, agent: String? = nil, home: URL
    ) async throws -> String {
        let arguments = [
            "url": server.url, "cache": home.path + "/cache.git", "home": home.path,
            "key": keyFile ?? "", "agent": agent ?? "",
        ]
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            [arguments = arguments as [String: String]] in
            setenv("HOME", arguments["home"] ?? "", 1)
            if let agent = arguments["agent"], !agent.isEmpty {
                setenv("SSH_AUTH_SOCK", agent, 1)
            } else {
                unsetenv("SSH_AUTH_SOCK")
            }
            let key = arguments["key"] ?? ""
            let credentials: GitCredentials = key.isEmpty ? .sshAgent : .sshKeyFile(path: key)
            do throws(GitError) {
                let repository = try await GitRepository.openOrCreateBare(arguments["cache"] ?? "")
                try await repository.fetch(
                    arguments["url"] ?? "", credentials: credentials, deadline: .seconds(20))
                print("RESULT fetched \(try await repository.branchesAndTags().joined(separator: ","))")
            } catch {
                print("RESULT \(error.code) \(error.message) | \(error.hint ?? "")")
            }
            exit(0)
        }
        let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
        let line = output.split(separator: "\n").last { $0.hasPrefix("RESULT ") }
        return String(try #require(line, "\(output)").dropFirst("RESULT ".count))
    }

    @Test(arguments: ["plain", "hashed"]) func knownHostAndGoodKeyFetch(form: String) async throws {
        try await SSHServer.with { server, home in
            try await server.trust(in: home, hashed: form == "hashed")
            #expect(try await fetch(server, keyFile: server.key, home: home) == "fetched main")
        }
    }

    @Test func knownHostAmongOthersOfOtherKeyTypesFetches() async throws {
        try await SSHServer.with { server, home in
            let other = "other.example.com ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7\n# a comment\n\n"
            try home.write(other, to: ".ssh/known_hosts")
            try await server.trust(in: home, hashed: false)
            #expect(try await fetch(server, keyFile: server.key, home: home) == "fetched main")
        }
    }

    @Test func unknownHostIsRefusedWithItsFingerprint() async throws {
        try await SSHServer.with { server, home in
            let outcome = try await fetch(server, keyFile: server.key, home: home)
            #expect(
                outcome.hasPrefix(
                    "certificate 127.0.0.1 shows host key \(try await server.fingerprint()), "
                        + "which known_hosts does not have for it | compare it"))
        }
    }

    @Test func changedHostKeyIsRefused() async throws {
        try await SSHServer.with { server, home in
            try await succeed(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home.path + "/other"])
            let other = try String(contentsOf: home.appending(path: "other.pub"), encoding: .utf8)
            try home.write("[127.0.0.1]:\(server.port) \(other)", to: ".ssh/known_hosts")
            let outcome = try await fetch(server, keyFile: server.key, home: home)
            #expect(outcome.hasPrefix("certificate 127.0.0.1 shows host key"))
        }
    }

    @Test func revokedHostKeyIsRefused() async throws {
        try await SSHServer.with { server, home in
            try await server.trust(in: home, hashed: false)
            let known = try String(contentsOf: home.appending(path: ".ssh/known_hosts"), encoding: .utf8)
            try home.write(known + "@revoked " + known, to: ".ssh/known_hosts")
            let outcome = try await fetch(server, keyFile: server.key, home: home)
            #expect(outcome.contains("is marked @revoked in known_hosts"))
        }
    }

    @Test func keyThatTheServerDoesNotKnowIsRefusedOnce() async throws {
        try await SSHServer.with { server, home in
            try await server.trust(in: home, hashed: false)
            try await succeed(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home.path + "/other"])
            let outcome = try await fetch(server, keyFile: home.path + "/other", home: home)
            #expect(
                outcome.hasPrefix(
                    "authentication the server refuses the key in \(home.path)/other, or the key has a passphrase | "))
        }
    }

    @Test func missingKeyFileIsNamed() async throws {
        try await SSHServer.with { server, home in
            try await server.trust(in: home, hashed: false)
            let outcome = try await fetch(server, keyFile: home.path + "/none", home: home)
            #expect(
                outcome.hasPrefix(
                    "authentication the key file \(home.path)/none cannot be read: No such file or directory"))
        }
    }

    @Test func agentsKeyFetches() async throws {
        try await SSHServer.with { server, home in
            try await server.trust(in: home, hashed: false)
            let socket = home.path + "/agent"
            let agent = try RunningProcess(["ssh-agent", "-D", "-a", socket])
            do {
                try await waitUntil("the agent listens") { FileManager.default.fileExists(atPath: socket) }
                let environment = GitFixture.environment.merging(["SSH_AUTH_SOCK": socket]) { $1 }
                #expect(
                    try await fetch(server, agent: socket, home: home)
                        .hasPrefix("authentication the server refuses every key of ssh-agent"))
                try await succeed(["ssh-add", "-q", server.key], environment: environment)
                #expect(try await fetch(server, agent: socket, home: home) == "fetched main")
            } catch {
                await agent.kill()
                throw error
            }
            await agent.kill()
        }
    }

    @Test func missingAgentIsSaid() async throws {
        try await SSHServer.with { server, home in
            try await server.trust(in: home, hashed: false)
            let outcome = try await fetch(server, home: home)
            #expect(outcome.hasPrefix("authentication the server wants an SSH key and no ssh-agent runs"))
        }
    }
}
