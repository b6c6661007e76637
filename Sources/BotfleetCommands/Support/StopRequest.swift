import Dispatch
import Foundation
import Synchronization

/// A person's or the system's wish that a command ends: the first SIGINT or SIGTERM lets what is under way end, the second ends the process.
final class StopRequest: Sendable {
    private let count = Atomic(0)
    /// Said at the first signal.
    private let notice: String
    private let sources = Mutex<[any DispatchSourceSignal]>([])

    /// A wish that nobody had yet; `notice` tells the person that it was heard.
    init(
        _ notice: String = "Stopping: what is under way ends first. Again to end at once; the next apply finishes it."
    ) {
        self.notice = notice
    }

    /// Whether it was asked to stop.
    var isAskedFor: Bool { count.load(ordering: .acquiring) > 0 }

    /// Takes the signals over from now on, for as long as the process lives.
    func listen() {
        sources.withLock { sources in
            for number in [SIGINT, SIGTERM] {
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { [self] in received(number) }
                source.resume()
                sources.append(source)
            }
        }
    }

    private func received(_ number: Int32) {
        guard count.add(1, ordering: .acquiringAndReleasing).newValue > 1 else {
            Terminal.writeError("\n\(notice)")
            return
        }
        // As if it had not been caught: the shell sees which signal ended it.
        signal(number, SIG_DFL)
        raise(number)
    }
}
