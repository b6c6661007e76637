import Foundation
import Glibc
import Synchronization

/// A small TCP server that does what a test says, byte for byte: the faults that no honest HTTP server would commit.
///
/// Each request (its whole head, and the body that Content-Length announces) is given to the script, whose steps are
/// then carried out on the connection. It ends with its last reference; nothing it does outlives that by a second.
public final class ScriptedServer: Sendable {
    /// One request as it arrived.
    public struct Request: Sendable {
        /// `GET`, `POST`, ….
        public var method: String
        /// Path and query, as sent.
        public var target: String
        /// Names in lower case.
        public var headers: [String: String]
        /// What Content-Length announced.
        public var body: [UInt8]
        /// Which connection brought it, from 0.
        public var connection: Int
        /// The body as text.
        public var text: String { String(decoding: body, as: UTF8.self) }
        /// The value of a form field, as it was sent.
        public func field(_ name: String) -> String? {
            text.split(separator: "&").first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
        }
    }

    /// What the server does on a connection.
    public enum Step: Sendable {
        /// A whole answer with its length.
        case answer(Int, String, headers: [String] = [])
        /// These bytes and no more.
        case bytes(String)
        /// Nothing, until the client hangs up or the server ends.
        case hang
        /// Ends the connection, politely.
        case close
        /// Ends the connection with a TCP reset.
        case reset
    }

    /// The port of 127.0.0.1 that it listens on.
    public let port: Int
    /// Its address, without a path.
    public var url: String { "http://127.0.0.1:\(port)" }

    private struct State {
        var requests: [Request] = []
        var connections = 0
        var open: Set<Int32> = []
        var mostAtOnce = 0
        var atOnce = 0
        var isEnding = false
    }

    private final class Shared: Sendable {
        let state = Mutex(State())
        let script: @Sendable (Request, Int) -> [Step]
        init(script: @escaping @Sendable (Request, Int) -> [Step]) { self.script = script }
    }

    private let shared: Shared
    private let listener: Int32

    /// Listens on a free port of 127.0.0.1. `script` is given each request and how many came before it.
    public init(_ script: @escaping @Sendable (Request, Int) -> [Step]) throws {
        shared = Shared(script: script)
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, size) == 0 && listen(descriptor, 128) == 0
                    && getsockname(descriptor, generic, &size) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = Int(UInt16(bigEndian: address.sin_port))
        let held = shared
        Thread.detachNewThread { ScriptedServer.accept(descriptor, held) }
    }

    deinit {
        let open = shared.state.withLock { state in
            state.isEnding = true
            return state.open
        }
        shutdown(listener, Int32(SHUT_RDWR))
        for descriptor in open { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    /// Every request so far, in order of arrival.
    public var requests: [Request] { shared.state.withLock { $0.requests } }
    /// How many connections were made.
    public var connections: Int { shared.state.withLock { $0.connections } }
    /// How many are open now.
    public var openConnections: Int { shared.state.withLock { $0.open.count } }
    /// The most requests that were being served at one time.
    public var mostAtOnce: Int { shared.state.withLock { $0.mostAtOnce } }

    private static func accept(_ listener: Int32, _ shared: Shared) {
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            if descriptor < 0, errno == EINTR || errno == ECONNABORTED { continue }
            guard descriptor >= 0 else { break }
            let number = shared.state.withLock { state -> Int? in
                guard !state.isEnding else { return nil }
                state.open.insert(descriptor)
                state.connections += 1
                return state.connections - 1
            }
            guard let number else {
                close(descriptor)
                break
            }
            Thread.detachNewThread { serve(descriptor, number, shared) }
        }
        close(listener)
    }

    private static func serve(_ descriptor: Int32, _ connection: Int, _ shared: Shared) {
        var buffer: [UInt8] = []
        while let request = read(descriptor, connection, &buffer) {
            let number = shared.state.withLock { state in
                state.requests.append(request)
                state.atOnce += 1
                state.mostAtOnce = max(state.mostAtOnce, state.atOnce)
                return state.requests.count - 1
            }
            let goesOn = shared.script(request, number).allSatisfy { perform($0, descriptor, request) }
            shared.state.withLock { $0.atOnce -= 1 }
            if !goesOn { break }
        }
        shared.state.withLock { state in
            state.open.remove(descriptor)
            close(descriptor)
        }
    }

    /// Carries out a step; false where it ends the connection.
    private static func perform(_ step: Step, _ descriptor: Int32, _ request: Request) -> Bool {
        switch step {
        case .answer(let status, let body, let headers):
            let lines = ["HTTP/1.1 \(status) Scripted", "Content-Length: \(body.utf8.count)"] + headers
            let head = lines.map { "\($0)\r\n" }.joined() + "\r\n"
            return write(head + (request.method == "HEAD" ? "" : body), descriptor)
        case .bytes(let text):
            return write(text, descriptor)
        case .hang:
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) > 0 {}
            return false
        case .close:
            return false
        case .reset:
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
            return false
        }
    }

    private static func write(_ text: String, _ descriptor: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let sent = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            bytes = bytes.dropFirst(sent)
        }
        return true
    }

    /// The next request of a connection; nil at its end.
    private static func read(_ descriptor: Int32, _ connection: Int, _ buffer: inout [UInt8]) -> Request? {
        while true {
            if let request = parse(connection, &buffer) { return request }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            buffer += chunk[..<count]
        }
    }

    private static func parse(_ connection: Int, _ buffer: inout [UInt8]) -> Request? {
        guard let end = Data(buffer).range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: buffer[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].components(separatedBy: " ")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            headers[parts[0].lowercased()] = parts.last.map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        guard buffer.count >= end.upperBound + length, words.count == 3 else { return nil }
        let body = Array(buffer[end.upperBound..<end.upperBound + length])
        buffer.removeFirst(end.upperBound + length)
        return Request(method: words[0], target: words[1], headers: headers, body: body, connection: connection)
    }
}
