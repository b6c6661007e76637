import Foundation
import Glibc

/// The three pipes between a test and a process it started.
struct ChildPipes: Sendable {
    /// Which of its outputs bytes came from.
    enum Stream { case output, error }

    /// The child's ends, by the descriptor they become: 0, 1, 2.
    private(set) var child: [Int32]
    private var input: Int32
    private var output: Int32
    private var error: Int32

    /// Makes them; ours don't block and aren't inherited.
    init(command: [String]) throws {
        var ends: [(read: Int32, write: Int32)] = []
        for _ in 0..<3 {
            var pair: [Int32] = [-1, -1]
            guard pipe(&pair) == 0 else {
                for end in ends {
                    close(end.read)
                    close(end.write)
                }
                throw CommandFailure(command: command, problem: "no pipe: \(String(cString: strerror(errno)))")
            }
            for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            ends.append((pair[0], pair[1]))
        }
        child = [ends[0].read, ends[1].write, ends[2].write]
        (input, output, error) = (ends[0].write, ends[1].read, ends[2].read)
        for end in [input, output, error] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    /// Whether nothing can come any more.
    var areDone: Bool { output < 0 && error < 0 }

    /// Closes the ends that the process has got; without this its outputs would never end.
    func closeChildEnds() {
        for end in child { close(end) }
    }

    /// Closes what is still open of ours.
    func closeAll() {
        for end in [input, output, error] where end >= 0 { close(end) }
    }

    /// Waits up to `timeout` milliseconds for something to do, then writes what the process takes of `unsent` and hands
    /// over what it has written.
    mutating func exchange(
        _ unsent: inout Data, timeout: Int32, received: (Stream, Data) -> Void
    ) {
        if unsent.isEmpty { shut(&input) }
        var polled = [
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: error, events: Int16(POLLIN), revents: 0),
            pollfd(fd: input, events: Int16(POLLOUT), revents: 0),
        ]
        guard poll(&polled, 3, timeout) > 0 else { return }
        if polled[0].revents != 0 { read(&output) { received(.output, $0) } }
        if polled[1].revents != 0 { read(&error) { received(.error, $0) } }
        if polled[2].revents != 0 {
            let written = unsent.withUnsafeBytes { Glibc.write(input, $0.baseAddress, $0.count) }
            if written > 0 {
                unsent = unsent.dropFirst(written)
            } else if errno != EAGAIN, errno != EINTR {
                shut(&input)  // it reads no more; what it does then is its own affair
            }
        }
    }

    private func read(_ end: inout Int32, received: (Data) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(end, &buffer, buffer.count)
        if count > 0 {
            received(Data(buffer[..<count]))
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            shut(&end)
        }
    }

    private func shut(_ end: inout Int32) {
        if end >= 0 { close(end) }
        end = -1
    }
}
