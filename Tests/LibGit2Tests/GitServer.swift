import FleetTestSupport
import Foundation

/// A server of git repositories on loopback, for the length of a test.
struct GitServer {
    /// What it does with requests.
    enum Behaviour: String {
        /// Serves every repository below its folder through `git http-backend`.
        case open
        /// The same, for those who send `x-access-token:sesame`.
        case token
        /// Answers 403 to everything.
        case forbidden
        /// Sends everybody to another host.
        case redirect
        /// Takes connections and says nothing.
        case silent
        /// Sends the first bytes of an answer, then nothing.
        case stalling
    }

    let port: Int
    let process: RunningProcess

    /// `http://127.0.0.1:PORT`.
    var url: String { "http://127.0.0.1:\(port)" }

    /// Starts a server over the repositories in `folder`, runs `body`, and ends the server.
    ///
    /// With `certificate` (a PEM file with certificate and key) it speaks TLS.
    static func with<Result>(
        _ behaviour: Behaviour, over folder: URL, certificate: URL? = nil, _ body: (GitServer) async throws -> Result
    ) async throws -> Result {
        let process = try RunningProcess(
            ["python3", "-c", program, behaviour.rawValue, folder.path] + (certificate.map { [$0.path] } ?? []),
            environment: GitFixture.environment)
        do {
            try await waitUntil("the git server listens") { process.outputSoFar.contains("\n") }
            let port = Int(process.outputSoFar.prefix { $0 != "\n" }) ?? 0
            let result = try await body(GitServer(port: port, process: process))
            await process.kill()
            return result
        } catch {
            await process.kill()
            throw error
        }
    }

    /// Each request is logged to standard error as `METHOD PATH STATUS`.
    private static let program = """
        import base64, http.server, os, socket, ssl, subprocess, sys, time
        behaviour, root = sys.argv[1], sys.argv[2]
        expected = "Basic " + base64.b64encode(b"x-access-token:sesame").decode()
        if behaviour == "silent":
            listener = socket.create_server(("127.0.0.1", 0))
            print(listener.getsockname()[1], flush=True)
            held = []
            while True: held.append(listener.accept())
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *arguments): pass
            def answer(self, status, headers, body):
                print(self.command, self.path, status, file=sys.stderr, flush=True)
                self.send_response(status)
                for key, value in headers: self.send_header(key, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                    while True:
                        size = int(self.rfile.readline().strip(), 16)
                        body += self.rfile.read(size)
                        self.rfile.readline()
                        if size == 0: break
                if behaviour == "forbidden": return self.answer(403, [], b"")
                if behaviour == "redirect": return self.answer(302, [("Location", "http://elsewhere.invalid" + self.path)], b"")
                if behaviour == "token" and self.headers.get("Authorization") != expected:
                    return self.answer(401, [("WWW-Authenticate", 'Basic realm="git"')], b"")
                path, _, query = self.path.partition("?")
                environment = dict(os.environ, GIT_PROJECT_ROOT=root, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path, QUERY_STRING=query,
                    REQUEST_METHOD=self.command, CONTENT_TYPE=self.headers.get("Content-Type", ""), REMOTE_ADDR="127.0.0.1",
                    HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""))
                out = subprocess.run(["git", "http-backend"], input=body, env=environment, stdout=subprocess.PIPE).stdout
                head, _, content = out.partition(b"\\r\\n\\r\\n")
                headers = [line.split(": ", 1) for line in head.decode().split("\\r\\n") if ": " in line]
                status = next((int(value.split()[0]) for key, value in headers if key == "Status"), 200)
                headers = [(key, value) for key, value in headers if key != "Status"]
                if behaviour == "stalling" and self.command == "POST":
                    self.send_response(200)
                    for key, value in headers: self.send_header(key, value)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content[: len(content) // 2])
                    self.wfile.flush()
                    time.sleep(300)
                self.answer(status, headers, content)
            do_GET = do_POST = serve
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if len(sys.argv) > 3:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[3])
            server.socket = context.wrap_socket(server.socket, server_side=True)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """
}
