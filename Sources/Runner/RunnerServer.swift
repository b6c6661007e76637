import Diagnostics
import FlyingFox
import FlyingSocks
import Foundation
import LibCrypto

/// Where the runner answers HTTP, and who may ask.
public struct RunnerListener: Sendable {
    /// The environment variable of the token that every page asks for where the address is not this machine's.
    public static let tokenVariable = "BOTFLEET_DASHBOARD_TOKEN"

    let host: String
    let port: UInt16
    let token: String?

    /// An address as `HOST:PORT` (`127.0.0.1:8080`, `[::1]:8080`, port 0 for any), and a token.
    ///
    /// Throws ``RunnerFailure`` where it is no address, or one that others reach and there is no token.
    public init(address: String, token: String?) throws(RunnerFailure) {
        guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...]) else {
            throw .badAddress(address)
        }
        var host = String(address[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        let given = token.flatMap { $0.isEmpty ? nil : $0 }
        guard
            host == "::1" || host.split(separator: ".").count == 4 && host.allSatisfy({ $0.isNumber || $0 == "." })
                || host.contains(":")
        else { throw .badAddress(address) }
        let isLoopback = host == "::1" || host.hasPrefix("127.")
        guard isLoopback || given != nil else { throw .needsToken(address) }
        self.host = host
        self.port = port
        self.token = given
    }
}

/// The runner's small HTTP server.
struct RunnerServer: Sendable {
    private let server: HTTPServer
    private let listener: RunnerListener

    init(_ listener: RunnerListener, pages: RunnerPages) async throws(RunnerFailure) {
        self.listener = listener
        do {
            if listener.host.contains(":") {
                server = HTTPServer(address: try .inet6(ip6: listener.host, port: listener.port), logger: .disabled)
            } else {
                server = HTTPServer(address: try .inet(ip4: listener.host, port: listener.port), logger: .disabled)
            }
        } catch {
            throw .badAddress("\(listener.host):\(listener.port)")
        }
        let token = listener.token
        await server.appendRoute("GET /healthz/live") { _ in RunnerServer.text(.ok, "live\n") }
        for path in ["/healthz", "/healthz/ready"] {
            await server.appendRoute(HTTPRoute(method: .GET, path: path)) { request in
                guard RunnerServer.isAllowed(request, token) else { return RunnerServer.refusal }
                let (isReady, body) = try pages.health()
                return HTTPResponse(
                    statusCode: isReady ? .ok : .serviceUnavailable,
                    headers: [.contentType: "application/json", HTTPHeader("Cache-Control"): "no-store"],
                    body: Data(body.utf8))
            }
        }
        await server.appendRoute("GET /metrics") { request in
            guard RunnerServer.isAllowed(request, token) else { return RunnerServer.refusal }
            return HTTPResponse(
                statusCode: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: Data(pages.metrics().utf8))
        }
    }

    /// Serves until it is cancelled.
    func run() async throws { try await server.run() }

    /// The address that it listens on, once it does.
    func address() async throws -> String {
        try await server.waitUntilListening(timeout: 10)
        switch await server.listeningAddress {
        case .ip4(let host, let port): return "http://\(host):\(port)"
        case .ip6(let host, let port): return "http://[\(host)]:\(port)"
        case .unix, nil: return ""
        }
    }

    /// Lets answers end, for a second at most.
    func stop() async { await server.stop(timeout: 1) }

    /// The token as `Authorization: Bearer …`; compared without telling how much of it was right.
    private static func isAllowed(_ request: HTTPRequest, _ token: String?) -> Bool {
        guard let token else { return true }
        guard let given = request.headers[.authorization], given.hasPrefix("Bearer ") else { return false }
        return constantTimeEquals(String(given.dropFirst(7)), token)
    }

    private static let refusal = HTTPResponse(
        statusCode: .unauthorized, headers: [HTTPHeader("WWW-Authenticate"): "Bearer"],
        body: Data("Give the token of BOTFLEET_DASHBOARD_TOKEN as Authorization: Bearer.\n".utf8))

    private static func text(_ status: HTTPStatusCode, _ text: String) -> HTTPResponse {
        HTTPResponse(
            statusCode: status, headers: [.contentType: "text/plain; charset=utf-8"], body: Data(text.utf8))
    }
}

/// Why a runner cannot begin.
public enum RunnerFailure: DescribedFailure, Hashable {
    /// No `HOST:PORT`.
    case badAddress(String)
    /// Others could reach the address.
    case needsToken(String)
    /// Somebody listens there already, or the address is not this machine's.
    case cannotListen(String, reason: String)
    /// The database holds no fleet of this name, or none at all.
    case noFleet(String?, among: [String])
    /// A time for a duty that is not between the cursor and now.
    case badTime(String)

    /// What was attempted and what kept it from being done.
    public var summary: String {
        switch self {
        case .badAddress(let text): "'\(text)' is no address to listen on"
        case .needsToken(let text): "'\(text)' can be reached by others, and there is no token to ask them for"
        case .cannotListen(let text, let reason): "cannot listen on \(text): \(reason)"
        case .noFleet(let name?, _): "the database holds no fleet '\(name)'"
        case .noFleet(nil, let names):
            names.isEmpty
                ? "the database holds no fleet"
                : "the database holds several fleets: \(names.sorted().joined(separator: ", "))"
        case .badTime(let text): text
        }
    }

    /// What to do.
    public var hint: String? {
        switch self {
        case .badAddress: "write it as 127.0.0.1:8080 or [::1]:8080"
        case .needsToken: "set \(RunnerListener.tokenVariable), or listen on 127.0.0.1"
        case .cannotListen: "choose another with --listen HOST:PORT"
        case .noFleet(_?, let names) where !names.isEmpty: "fleets: \(names.sorted().joined(separator: ", "))"
        case .noFleet(nil, let names) where !names.isEmpty: "name one with --fleet NAME"
        case .noFleet: "run botfleet apply in its repository"
        case .badTime: "leave --at out for now"
        }
    }
}
