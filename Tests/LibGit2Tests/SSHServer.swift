import FleetTestSupport
import Foundation

/// An sshd of the test's own on loopback, which serves one repository to one key.
struct SSHServer {
    let port: Int
    /// `ssh://USER@127.0.0.1:PORT/…/upstream/.git`.
    let url: String
    /// The private key that it lets in.
    let key: String
    private let hostKey: String

    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: "/usr/sbin/sshd") }

    /// Starts sshd over a repository of one commit; `home` is an empty folder for the client.
    static func with<Result>(_ body: (SSHServer, _ home: URL) async throws -> Result) async throws -> Result {
        try await withTemporaryDirectory { folder in
            let upstream = try await GitFixture(folder.appending(path: "upstream"))
            try await upstream.commit(["a": "1"])
            for name in ["host", "client"] {
                try await succeed(
                    ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder.appending(path: name).path])
            }
            let home = folder.appending(path: "home")
            try FileManager.default.createDirectory(
                at: home.appending(path: ".ssh"), withIntermediateDirectories: true)
            if geteuid() == 0 {
                try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
            }
            let port = try await succeed(
                [
                    "python3", "-c",
                    "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1])",
                ])
            let number = Int(port.trimmingCharacters(in: .newlines)) ?? 0
            try folder.write(
                """
                Port \(number)
                ListenAddress 127.0.0.1
                HostKey \(folder.path)/host
                AuthorizedKeysFile \(folder.path)/client.pub
                PidFile none
                StrictModes no
                UsePAM no
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                PermitRootLogin yes
                AcceptEnv none
                """, to: "sshd_config")
            let process = try RunningProcess(
                ["/usr/sbin/sshd", "-D", "-e", "-f", folder.path + "/sshd_config"], lifetime: .seconds(120))
            do {
                try await waitUntil("sshd listens") { process.errorsSoFar.contains("Server listening") }
                let url = "ssh://\(NSUserName())@127.0.0.1:\(number)\(upstream.folder.path)/.git"
                let server = SSHServer(
                    port: number, url: url, key: folder.path + "/client", hostKey: folder.path + "/host.pub")
                let result = try await body(server, home)
                await process.kill()
                return result
            } catch {
                await process.kill()
                throw error
            }
        }
    }

    /// Writes the host key into the known_hosts of `home`, as ssh-keyscan would.
    func trust(in home: URL, hashed: Bool) async throws {
        let file = home.appending(path: ".ssh/known_hosts")
        // A file that is not there yet is an empty one.
        let before = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        let key = try String(contentsOfFile: hostKey, encoding: .utf8)
        try home.write(before + "[127.0.0.1]:\(port) \(key)", to: ".ssh/known_hosts")
        if hashed { try await succeed(["ssh-keygen", "-q", "-H", "-f", file.path]) }
    }

    /// `SHA256:…` of the host key, as ssh-keygen writes it.
    func fingerprint() async throws -> String {
        let line = try await succeed(["ssh-keygen", "-l", "-f", hostKey])
        return String(line.split(separator: " ")[1])
    }
}
