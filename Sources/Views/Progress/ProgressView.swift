import FleetModel
import Planning

/// An apply's progress: a line a change in flight kept live at the foot of a terminal, plain lines otherwise.
///
/// A state machine without clock or output: each event, with the time since the apply began, gives exactly the text to write. On a terminal
/// that text takes the live block away, prints what came to an end once, above, and paints the block anew.
public struct ProgressView: Hashable, Sendable {
    private struct Flight: Hashable {
        var address: Address
        var words: String
        var since: Duration
    }

    /// What the events came to so far.
    public private(set) var summary = ApplySummary()

    private let total: Int
    private let isLive: Bool
    private let style: Style
    private var flights: [Flight] = []
    /// What the whole apply waits for.
    private var waiting: String?
    /// Lines of the block that is on the screen.
    private var painted = 0
    private var lastSign = Duration.zero

    /// More changes in flight than this are counted, so that the block always fits a screen.
    private static let mostLines = 12
    /// How often plain output shows that it is alive.
    private static let signInterval = Duration.seconds(30)

    /// A view of `total` changes; live where the text goes to a terminal.
    public init(total: Int, isLive: Bool, style: Style) {
        self.total = total
        self.isLive = isLive
        self.style = style
    }

    /// What to write when something happens.
    public mutating func receive(_ event: ProgressEvent, at elapsed: Duration) -> String {
        let lines = step(event, at: elapsed)
        if !lines.isEmpty { lastSign = elapsed }
        return isLive ? repaint(above: lines, at: elapsed) : lines.map { "\($0)\n" }.joined()
    }

    /// What to write when a second went by: new elapsed times on a terminal; else, every half minute, that work goes on.
    public mutating func tick(at elapsed: Duration) -> String {
        if isLive { return repaint(above: [], at: elapsed) }
        guard elapsed - lastSign >= Self.signInterval, waiting != nil || !flights.isEmpty else { return "" }
        lastSign = elapsed
        let what =
            waiting ?? "\(summary.settled) of \(Wording.count(total, "change")) settled, \(flights.count) in flight"
        return "still working: \(what) [\(time(elapsed))]\n"
    }

    /// What to write at the end: the live block goes.
    public mutating func finish(at elapsed: Duration) -> String {
        flights = []
        waiting = nil
        return isLive ? repaint(above: [], at: elapsed) : ""
    }

    // MARK: State

    /// Takes an event in and gives the lines that stay on the screen.
    private mutating func step(_ event: ProgressEvent, at elapsed: Duration) -> [String] {
        switch event {
        case .started(let address, let action):
            waiting = nil
            flights.append(Flight(address: address, words: action.doing, since: elapsed))
            return isLive ? [] : ["\(name(address)): \(action.doing)…"]
        case .doing(let address, let words):
            let safe = SafeText.line(words)
            if let index = index(of: address) {
                flights[index].words = safe
            } else {
                flights.append(Flight(address: address, words: safe, since: elapsed))
            }
            return isLive ? [] : ["\(name(address)): \(safe)…"]
        case .finished(let address, let action):
            summary.add(done: action)
            return ["\(name(address)): \(style.paint(action.done, .good)) after \(took(address, elapsed))"]
        case .failed(let address, let error):
            summary.add(failed: address, error)
            return [
                "\(name(address)): \(style.paint("failed", .bad)) after \(took(address, elapsed)): \(SafeText.line(error))"
            ]
        case .skipped(let address, let because):
            summary.add(skipped: address, because: because)
            remove(address)
            return ["\(name(address)): \(style.paint("skipped", .careful)), because \(name(because)) failed"]
        case .waiting(let words):
            let safe = SafeText.line(words)
            let isNew = waiting != safe
            waiting = safe
            return isLive || !isNew ? [] : ["waiting: \(safe)"]
        case .recovering(let words):
            return ["recovering: \(SafeText.line(words))"]
        }
    }

    private func index(of address: Address) -> Int? { flights.firstIndex { $0.address == address } }

    private mutating func remove(_ address: Address) {
        if let index = index(of: address) { flights.remove(at: index) }
    }

    /// How long a change took, which is over now.
    private mutating func took(_ address: Address, _ elapsed: Duration) -> String {
        let since = index(of: address).map { flights[$0].since } ?? elapsed
        remove(address)
        return time(elapsed - since)
    }

    // MARK: Screen

    /// Cursor to the block's first line and everything below erased (ECMA-48: CPL, ED), lines that stay, the block.
    private mutating func repaint(above lines: [String], at elapsed: Duration) -> String {
        let block = block(at: elapsed)
        if lines.isEmpty, block.isEmpty, painted == 0 { return "" }
        var result = painted > 0 ? "\u{1B}[\(painted)F\u{1B}[J" : ""
        for line in lines + block { result += "\(line)\n" }
        painted = block.count
        return result
    }

    private func block(at elapsed: Duration) -> [String] {
        var lines: [String] = []
        if let waiting { lines.append(live("waiting: \(waiting)", elapsed)) }
        for flight in flights.prefix(Self.mostLines) {
            lines.append(live("\(name(flight.address)): \(flight.words)…", elapsed - flight.since))
        }
        if flights.count > Self.mostLines { lines.append("… and \(flights.count - Self.mostLines) more in flight") }
        if !flights.isEmpty { lines.append(style.paint("\(summary.settled) of \(total) [\(time(elapsed))]", .faint)) }
        return lines
    }

    /// A line that surely takes no more than one on the screen, or the block could not be erased.
    private func live(_ text: String, _ since: Duration) -> String {
        let clock = " [\(time(since))]"
        return CellWidth.cut(text, to: max(20, min(style.width, 400) - clock.count - 1)) + style.paint(clock, .faint)
    }

    private func name(_ address: Address) -> String { SafeText.line(address.description) }

    private func time(_ duration: Duration) -> String { Spans.text(seconds: Int(duration.components.seconds)) }
}
