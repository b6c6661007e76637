import Foundation
import Glibc
import Synchronization

/// A MariaDB of one test's own, which may be stopped, killed and started again, with TLS if wanted.
///
/// What tests do to the sandbox's server would be done to all tests.
public final class PrivateServer: Sendable {
    /// Where it keeps what it holds, with its certificates.
    public let folder: URL
    /// The port of 127.0.0.1 that it listens on.
    public let port: Int
    let hasTLS: Bool
    private let process = Mutex<RunningProcess?>(nil)
    private var running: RunningProcess? { process.withLock { $0 } }

    /// The authority that signed the server's certificate; its host names are `localhost` and 127.0.0.1.
    public var authority: String { folder.appending(path: "ca.pem").path }
    /// Its socket, by which root comes in without a password.
    public var socket: String { folder.appending(path: "s").path }

    private init(folder: URL, port: Int, hasTLS: Bool) {
        self.folder = folder
        self.port = port
        self.hasTLS = hasTLS
    }

    /// Runs a body with a new server on a free port, with a database `t` and a user `u` of the password `right`.
    public static func run<Result>(
        tls: Bool = false, isolation: isolated (any Actor)? = #isolation,
        _ body: (PrivateServer) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { folder in
            try await succeed(
                [
                    "mariadb-install-db", "--no-defaults", "--user=root", "--datadir=\(folder.path)/data",
                    "--auth-root-authentication-method=normal", "--skip-test-db", "--tmpdir=\(folder.path)",
                ], timeout: .seconds(60))
            if tls { try await makeCertificates(in: folder) }
            let server = PrivateServer(folder: folder, port: try freePort(), hasTLS: tls)
            do {
                try await server.start()
                try await server.sql(
                    "CREATE DATABASE t; CREATE USER u@'%' IDENTIFIED BY 'right'; GRANT ALL ON *.* TO u@'%'")
                let result = try await body(server)
                await server.kill()
                return result
            } catch {
                await server.kill()
                throw error
            }
        }
    }

    /// Starts it and waits until it answers.
    public func start() async throws {
        var command = [
            "mariadbd", "--no-defaults", "--user=root", "--datadir=\(folder.path)/data", "--socket=\(socket)",
            "--bind-address=127.0.0.1", "--port=\(port)", "--pid-file=\(folder.path)/pid",
            "--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=16M", "--skip-name-resolve",
            // Servers that start at once would clear each other's files from /tmp.
            "--tmpdir=\(folder.path)",
        ]
        if hasTLS {
            command += [
                "--ssl-ca=\(authority)", "--ssl-cert=\(folder.path)/server.pem", "--ssl-key=\(folder.path)/server.key",
            ]
        }
        let started = try RunningProcess(command, lifetime: .seconds(300))
        process.withLock { $0 = started }
        try await waitUntil("the private MariaDB answers", timeout: .seconds(60)) {
            guard started.isRunning else {
                throw CommandFailure(command: command, problem: "did not start: \(started.errorsSoFar.suffix(2000))")
            }
            return try await FleetTestSupport.run(client + ["-e", "SELECT 1"], timeout: .seconds(20)).status == 0
        }
    }

    /// Ends it as an administrator would.
    public func stop() async throws {
        running?.send(SIGTERM)
        _ = try await running?.wait()
    }

    /// Ends it as a power failure would.
    public func kill() async {
        await running?.kill()
    }

    /// Stops it from answering without ending it.
    public func freeze() { running?.send(SIGSTOP) }
    /// Lets it go on.
    public func thaw() { running?.send(SIGCONT) }

    /// Runs SQL by the mysql client as root: a witness, and a hand from outside.
    @discardableResult
    public func sql(_ text: String) async throws -> String {
        try await succeed(client, stdin: text, timeout: .seconds(30))
    }

    private var client: [String] {
        ["mariadb", "--no-defaults", "--socket=\(socket)", "--user=root", "--batch", "--skip-column-names"]
    }

    private static func makeCertificates(in folder: URL) async throws {
        try folder.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n", to: "names")
        let commands = [
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-authority -keyout ca.key -out ca.pem",
            "req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr",
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem",
            "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=stranger -keyout other.key -out other.pem",
        ]
        for command in commands {
            try await succeed(
                ["openssl"] + command.split(separator: " ").map { String($0) }, in: folder, timeout: .seconds(60))
        }
    }
}

/// A TCP port of 127.0.0.1 that nobody listens on.
public func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            bind(descriptor, pointer, size) == 0 && getsockname(descriptor, pointer, &size) == 0
        }
    }
    guard bound else { throw CommandFailure(command: ["bind"], problem: "no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
}
