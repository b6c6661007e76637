import FleetModel

/// A schedule as people see it at a glance: a line a day, a mark for each half hour of its local time.
public enum WeekDrawing {
    /// Half hours of a day.
    public static let slots = 48

    /// One local day.
    public struct Day: Hashable, Sendable {
        /// `Mon 2026-11-23`.
        public var label: String
        /// What is wanted at the beginning of each half hour; nil where the instance is left alone.
        public var states: [PowerState?]

        /// A day with ``WeekDrawing/slots`` states.
        public init(label: String, states: [PowerState?]) {
            self.label = label
            self.states = states
        }
    }

    /// The drawing: hours on top, `█` for running, `·` for stopped, nothing where the instance is left alone.
    public static func text(_ days: [Day], style: Style = .plain) -> String {
        guard let first = days.first else { return "" }
        let margin = CellWidth.padded("", to: CellWidth.of(first.label) + 2)
        var hours = ""
        for hour in stride(from: 0, to: 24, by: 3) {
            hours += CellWidth.padded(hour < 10 ? "0\(hour)" : "\(hour)", to: 6)
        }
        let head = "\(margin)\(hours)24\n"
        let rows = days.map { day in
            let marks = day.states.map { state in
                switch state {
                case .running: "█"
                case .stopped: "·"
                case nil: " "
                }
            }.joined()
            return "\(day.label)  \(style.paint(marks, .good))\n"
        }
        return head + rows.joined() + "\(margin)█ running  · stopped\n"
    }
}
