import Foundation
import Synchronization

/// Standard output and error: data to the one, everything else to the other.
enum Terminal {
    /// Writes text to standard output as it is.
    static func write(_ text: String) { put(text, to: STDOUT_FILENO) }

    /// Writes a line to standard output.
    static func writeLine(_ text: String) { put(text.hasSuffix("\n") ? text : text + "\n", to: STDOUT_FILENO) }

    /// Writes a line to standard error.
    static func writeError(_ text: String) { put(text.hasSuffix("\n") ? text : text + "\n", to: STDERR_FILENO) }

    /// Writes text to standard error as it is.
    static func writeErrorRaw(_ text: String) { put(text, to: STDERR_FILENO) }

    static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }
    static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    /// Columns of the terminal; 100 where there is none.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        return max(40, Int(size.ws_col))
    }

    /// Why standard output could not be written, a reader that stopped reading apart; nil where all was written.
    static var outputFailure: String? {
        let code = outputErrno.load(ordering: .relaxed)
        return code == 0 ? nil : String(cString: strerror(code))
    }

    private static let outputErrno = Atomic<Int32>(0)

    private static func put(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let written = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if written < 0 {
                    if errno == EINTR { continue }
                    if errno == EAGAIN {
                        // Somebody made the pipe non-blocking, and it is full.
                        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                        _ = poll(&ready, 1, 1_000)
                        continue
                    }
                    // EPIPE: nobody reads any more, as `head` does; there is nobody to tell.
                    if errno != EPIPE, descriptor == STDOUT_FILENO { outputErrno.store(errno, ordering: .relaxed) }
                    return
                }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            }
        }
    }
}
