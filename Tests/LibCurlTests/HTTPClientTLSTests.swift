import FleetTestSupport
import Foundation
import LibCurl
import Testing

/// Certificates are verified, by the system's trust or a file's.
@Suite struct HTTPClientTLSTests {
    /// Runs with an HTTPS server of openssl's whose certificate signs itself and is for 127.0.0.1 alone.
    private func withServer(_ body: (_ port: String, _ certificate: String) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            let (key, certificate) = ("\(folder.path)/key.pem", "\(folder.path)/certificate.pem")
            try await succeed([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2",
                "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ])
            let server = try RunningProcess(
                [
                    "openssl", "s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", certificate, "-www",
                    "-naccept", "20",
                ],
                lifetime: .seconds(60))
            do {
                try await waitUntil("openssl listens") { server.outputSoFar.contains("ACCEPT 127.0.0.1:") }
                let line = try #require(server.outputSoFar.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") })
                try await body(String(line.split(separator: ":").last ?? ""), certificate)
                await server.kill()
            } catch {
                await server.kill()
                throw error
            }
        }
    }

    @Test func certificateOfNobodyWeTrustIsRefusedAndNothingIsSent() async throws {
        try await withServer { port, _ in
            let error = await #expect(throws: CurlError.self) {
                try await HTTPClient().send(HTTPRequest(.get, "https://127.0.0.1:\(port)/"))
            }
            #expect(error?.kind == .tls)
            #expect(error?.isRetryable == false && error?.mayHaveBeenSent == false)
        }
    }

    @Test func certificateOfTheTrustFileIsTrustedForItsOwnNameAlone() async throws {
        try await withServer { port, certificate in
            let client = try HTTPClient(configuration: HTTPClientConfiguration(trustFile: certificate))
            let answer = try await client.send(HTTPRequest(.get, "https://127.0.0.1:\(port)/"))
            #expect(answer.status == 200 && !answer.body.isEmpty)
            let error = await #expect(throws: CurlError.self) {
                try await client.send(HTTPRequest(.get, "https://localhost:\(port)/"))
            }
            #expect(error?.kind == .tls && error?.mayHaveBeenSent == false)
        }
    }

    @Test func serverThatSpeaksNoTLSIsATLSErrorThatMayPass() async throws {
        let server = try ScriptedServer { _, _ in [.close] }
        let error = await #expect(throws: CurlError.self) {
            try await HTTPClient().send(
                HTTPRequest(.get, "https://127.0.0.1:\(server.port)/", timeouts: HTTPTimeouts(connect: .seconds(1))))
        }
        #expect(error?.kind == .tls || error?.kind == .timeout)
        #expect(error?.mayHaveBeenSent == false)
    }
}
