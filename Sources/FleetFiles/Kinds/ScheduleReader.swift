import FleetModel
import LibYAML

/// Reads a document of schedules/.
enum ScheduleReader {
    static let keys: [StaticString] = ["name", "timezone", "week", "exceptions", "enforce"]
    private static let entryKeys: [StaticString] = ["days", "months", "monthdays", "start", "stop"]

    /// The schedule; nil where it has no readable name.
    static func read(_ node: YAMLNode, file: String, findings: Findings, zones: ZoneCheck) -> Located<Schedule>? {
        let document = DocumentReader(file: file, mark: node.mark, findings: findings)
        guard let top = document.mapping(node, what: "a schedule", keys: keys) else { return nil }
        let name = top.required("name")?.name(of: "a schedule")
        var schedule = Schedule(name: name ?? "")
        schedule.timezone = zones.zone(top.field("timezone"))
        if !top.has("week"), !top.has("exceptions") { document.error(node.mark, "missing key 'week' or 'exceptions'") }
        schedule.week = top.field("week")?.items(of: "entries")?.compactMap(entry) ?? []
        schedule.exceptions = exceptions(top.field("exceptions")?.items(of: "exceptions") ?? [])
        if let enforce = top.field("enforce")?.boolean() { schedule.enforce = enforce }
        return name == nil ? nil : Located(schedule, at: document.location, places: document.places)
    }

    private static func entry(_ field: FieldReader) -> ScheduleEntry? {
        guard let mapping = field.mapping(entryKeys, example: "{days: mon-fri, start: \"08:00\", stop: \"18:30\"}")
        else {
            return nil
        }
        var entry = ScheduleEntry(days: mapping.required("days").map { DayReader.days($0) } ?? [])
        entry.months = mapping.field("months").map { DayReader.months($0) } ?? []
        entry.monthdays = mapping.field("monthdays").map { DayReader.monthdays($0) } ?? []
        entry.start = mapping.field("start").flatMap { time($0, isStop: false) }
        entry.stop = mapping.field("stop").flatMap { time($0, isStop: true) }
        if !mapping.has("start"), !mapping.has("stop") { field.error("missing key 'start' or 'stop'") }
        return entry
    }

    private static func time(_ field: FieldReader, isStop: Bool) -> LocalTime? {
        guard let text = field.text(limit: 64) else { return nil }
        guard let time = LocalTime(text) else {
            let padded = "0\(text)"
            let hint = LocalTime(padded) == nil ? "" : " (write \(padded))"
            field.error(
                "'\(field.name)' takes a time from 00:00 to \(isStop ? "24:00" : "23:59"), not \(Quotation.quoted(text))\(hint)"
            )
            return nil
        }
        guard isStop || time.minutes < 1440 else {
            field.error("24:00 is only for 'stop'; write 00:00 and the next day")
            return nil
        }
        return time
    }

    // MARK: - Exceptions

    private static func exceptions(_ items: [FieldReader]) -> [ScheduleException] {
        var read: [(exception: ScheduleException, dates: FieldReader)] = []
        for item in items {
            guard
                let mapping = item.mapping(
                    ["dates", "state"], example: "{dates: 2026-12-24..2026-12-26, state: stopped}")
            else { continue }
            let state = mapping.required("state")?.choice(ScheduleException.State.self)
            guard let field = mapping.required("dates"), let (first, last) = dates(field) else { continue }
            read.append((ScheduleException(first: first, last: last, state: state ?? .stopped), field))
        }
        checkOverlaps(read)
        return read.map(\.exception)
    }

    private static func dates(_ field: FieldReader) -> (first: LocalDate, last: LocalDate)? {
        guard let text = field.text(limit: 64) else { return nil }
        let bytes = Array(text.utf8)
        let isRange = bytes.count == 22 && bytes[10...11].elementsEqual("..".utf8)
        let first = LocalDate(isRange ? String(text.prefix(10)) : text)
        let last = isRange ? LocalDate(String(text.suffix(10))) : first
        guard let first, let last else {
            field.error("'dates' takes a day or a range like 2026-12-24..2026-12-26, not \(Quotation.quoted(text))")
            return nil
        }
        guard first <= last else {
            field.error("this range ends before it begins (did you mean \(last)..\(first)?)")
            return nil
        }
        return (first, last)
    }

    /// No two exceptions cover one day; the later one in the file is at fault.
    private static func checkOverlaps(_ read: [(exception: ScheduleException, dates: FieldReader)]) {
        let order = read.indices.sorted { read[$0].exception.first < read[$1].exception.first }
        // Sorted by first day, an exception overlaps an earlier one just when it begins before the latest end so far.
        var latest: Int?
        for index in order {
            guard let before = latest else {
                latest = index
                continue
            }
            if read[index].exception.first <= read[before].exception.last {
                let (fault, other) = (max(index, before), min(index, before))
                let mark = read[other].dates.node.mark
                read[fault].dates.error(
                    "\(read[index].exception.first) is covered by another exception already (line \(mark.line))")
            }
            if read[index].exception.last > read[before].exception.last { latest = index }
        }
    }
}
