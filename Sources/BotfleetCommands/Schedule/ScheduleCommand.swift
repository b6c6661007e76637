import ArgumentParser
import FleetFiles
import FleetModel
import Foundation
import Planning
import Scheduling
import Views

/// `botfleet schedule`: look at what schedules mean.
struct ScheduleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "Look at what a schedule means.", subcommands: [SchedulePreview.self])
}

/// `botfleet schedule preview`: the starts and stops of a span of time, from files only.
struct SchedulePreview: FleetCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Show a schedule's starts and stops from one time until another.",
        discussion:
            "Reads files only. Times are RFC 3339 instants, or local to the schedule's zone "
            + "(2026-03-29T08:00 or 2026-03-29). On a terminal the first seven days are drawn above the table.")

    @OptionGroup var options: GlobalOptions
    @Argument(help: ArgumentHelp("The schedule.", valueName: "name")) var name: String
    @Option(help: ArgumentHelp("From here, included.", valueName: "time")) var from: String
    @Option(help: ArgumentHelp("Until here, not included.", valueName: "time")) var until: String
    @Option(help: ArgumentHelp("For a schedule without a zone of its own.", valueName: "zone")) var timezone: String?
    @Option(help: "table, json, or week: a drawing of the first seven days.") var format: PreviewFormat = .table

    /// Days that are drawn.
    private static let drawnDays = 7

    func run(in context: CommandContext) async throws -> ExitCode {
        let (files, _) = try context.validFiles(context.loader)
        let schedules = files.repository?.schedules.map(\.value) ?? []
        guard let schedule = schedules.first(where: { $0.name == name }) else {
            throw CommandFailure.notFound(kind: "schedule", name: name, among: schedules.map(\.name))
        }
        // An option of the command is what its caller means; the file's zone is the rule.
        let zone = try context.zones.zone(timezone ?? schedule.timezone ?? "UTC")
        let compiled = CompiledSchedule(schedule, in: zone)
        let (begin, end) = (try instant(from, zone), try instant(until, zone))
        if format == .week || (format == .table && Terminal.outputIsTerminal) {
            let days = drawing(compiled, from: begin, until: end)
            Terminal.write(WeekDrawing.text(days, style: context.style))
            if format == .week { return .success }
            Terminal.write("\n")
        }
        let entries = compiled.transitions(from: begin, until: end).map {
            Plan.Upcoming.Entry(at: $0.at, local: zone.timestamp($0.at), action: $0.action)
        }
        Terminal.write(ListView.list(entries, as: format == .json ? .json : .table, in: context.list))
        return .success
    }

    /// The local days from an instant on, until another and for a week at most.
    private func drawing(_ compiled: CompiledSchedule, from: Instant, until: Instant) -> [WeekDrawing.Day] {
        let zone = compiled.zone
        var days: [WeekDrawing.Day] = []
        var date = zone.local(from).date
        while days.count < SchedulePreview.drawnDays {
            let midnight = zone.instant(of: LocalDateTime(date: date, secondOfDay: 0))
            guard midnight < until else { break }
            let weekday = date.weekday.rawValue
            days.append(
                WeekDrawing.Day(
                    label: "\(weekday.prefix(1).uppercased())\(weekday.dropFirst()) \(date)",
                    states: (0..<WeekDrawing.slots).map { slot in
                        compiled.state(
                            at: zone.instant(
                                of: LocalDateTime(date: date, secondOfDay: slot * 86_400 / WeekDrawing.slots)))
                    }))
            date = date + 1
        }
        return days
    }

    private func instant(_ text: String, _ zone: TimeZoneRules) throws -> Instant {
        if let instant = Instant(rfc3339: text) { return instant }
        if let local = LocalDateTime(text) { return zone.instant(of: local) }
        if let date = LocalDate(text) { return zone.instant(of: LocalDateTime(date: date, secondOfDay: 0)) }
        throw CommandFailure.unreadableTime(text)
    }
}

/// How a preview looks.
enum PreviewFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, week
}
