import FleetModel

/// The fleet at a glance (SPEC 3, `status`).
public enum StatusView {
    /// The most starts and stops to come that are shown; all are in the JSON.
    private static let mostDue = 10

    /// As text or as one JSON object.
    public static func render(_ status: FleetStatus, as format: ListFormat, style: Style = .plain) -> String {
        switch format {
        case .table: text(status, style: style)
        case .json: json(status)
        }
    }

    /// Some short paragraphs and a table of the deployments.
    public static func text(_ status: FleetStatus, style: Style = .plain) -> String {
        var sections = [facts(status, style)]
        if !status.deployments.isEmpty { sections.append(deployments(status.deployments, style)) }
        if !status.due.isEmpty { sections.append(due(status, style)) }
        if !status.overrides.isEmpty { sections.append(overrides(status, style)) }
        return sections.joined(separator: "\n")
    }

    /// One object: `fleet account_id at instances unmanaged deployments due drift last_apply runners overrides`.
    public static func json(_ status: FleetStatus) -> String {
        let states = InstanceState.allCases.map { ($0.rawValue, JSONValue.integer(status.instances[$0] ?? 0)) }
        return JSONText.render(object: [
            Field("fleet", status.fleet), Field("account_id", status.accountID), Field("at", status.now),
            Field("instances", .object(Dictionary(states, uniquingKeysWith: { $1 }))),
            Field("unmanaged", status.unmanaged),
            Field("deployments", .array(status.deployments.map(\.fields.object))),
            Field("due", .array(sorted(status.due).map(value))), Field("drift", status.drift),
            Field("last_apply", status.lastApply.map(\.fields.object) ?? .null),
            Field("runners", .array(status.runners.map(value))),
            Field("overrides", .array(status.overrides.map(value))),
        ])
    }

    // MARK: Text

    private static func facts(_ status: FleetStatus, _ style: Style) -> String {
        let account = status.accountID.map { "\(status.fleet) in account \($0)" } ?? "\(status.fleet), not applied yet"
        let lines: [(String, String)] = [
            ("Fleet", SafeText.line(account)), ("Instances", instances(status, style)),
            ("Drift", drift(status.drift, style)), ("Last apply", lastApply(status, style)),
            ("Runners", runners(status, style)),
        ]
        return lines.map { "\(CellWidth.padded("\($0):", to: 12))\($1)\n" }.joined()
    }

    private static func instances(_ status: FleetStatus, _ style: Style) -> String {
        var parts = InstanceState.allCases.compactMap { state -> String? in
            guard let count = status.instances[state], count > 0 else { return nil }
            return style.paint("\(count) \(state.rawValue)", state.tone)
        }
        if status.unmanaged > 0 { parts.append("\(status.unmanaged) unmanaged") }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }

    private static func drift(_ drift: Int?, _ style: Style) -> String {
        guard let drift else { return "not looked for; `botfleet plan --refresh-only` does" }
        if drift == 0 { return "none" }
        return style.paint("\(Wording.count(drift, "difference")); `botfleet plan` shows what", .careful)
    }

    private static func lastApply(_ status: FleetStatus, _ style: Style) -> String {
        guard let apply = status.lastApply else { return "none yet; `botfleet apply` carries out the files" }
        let record = apply.record
        var text = style.paint(record.outcome.rawValue, record.outcome.tone)
        text += " \(Spans.relative(apply.finishedAt ?? apply.startedAt, to: status.now))"
        text += " by \(SafeText.line(record.author ?? record.operatorName))"
        if let commit = apply.commit { text += ", commit \(SafeText.line(commit))" }
        if let error = record.error { text += ": \(SafeText.line(error))" }
        return text
    }

    private static func runners(_ status: FleetStatus, _ style: Style) -> String {
        guard !status.runners.isEmpty else {
            return style.paint("no runner is alive; `botfleet run` starts one", .careful)
        }
        return status.runners.map { runner in
            let up = Spans.text(seconds: status.now - runner.since)
            return
                "\(SafeText.line(runner.holder.shown)) (up \(up), seen \(Spans.relative(runner.seenAt, to: status.now)))"
        }.joined(separator: ", ")
    }

    private static func deployments(_ rows: [DeploymentRow], _ style: Style) -> String {
        let shown = rows.sorted { NaturalOrder.precedes($0.deployment.name, $1.deployment.name) }
        return Grid(
            columns: [
                Grid.Column(title: "DEPLOYMENT"), Grid.Column(title: "RUNNING", isNumber: true),
                Grid.Column(title: "POWER"), Grid.Column(title: "OTHERS"),
            ],
            rows: shown.map { [Cell($0.deployment.name), $0.runningCell, Cell($0.power), others($0)] }
        ).text(style: style)
    }

    /// Its instances that neither run nor stand still: `1 launching, 2 lost`.
    private static func others(_ row: DeploymentRow) -> Cell {
        let parts = InstanceState.allCases.compactMap { state -> String? in
            guard state != .running, let count = row.states[state], count > 0 else { return nil }
            return "\(count) \(state.rawValue)"
        }
        return Cell(parts.joined(separator: ", "), (row.states[.lost] ?? 0) > 0 ? .bad : .plain)
    }

    private static func due(_ status: FleetStatus, _ style: Style) -> String {
        let all = sorted(status.due)
        let shown = all.prefix(mostDue)
        let table = Grid(
            columns: [
                Grid.Column(title: "NEXT"), Grid.Column(title: "WHEN"), Grid.Column(title: "DEPLOYMENT"),
                Grid.Column(title: "INSTANCES", isNumber: true),
            ],
            rows: shown.map {
                [
                    Cell("\($0.action.rawValue) \(Spans.relative($0.at, to: status.now))"),
                    Cell($0.local ?? "\(Spans.minute($0.at)) UTC"), Cell($0.deployment), Cell($0.instances),
                ]
            }
        ).text(style: style)
        return all.count > shown.count ? table + "… and \(all.count - shown.count) more\n" : table
    }

    /// What people hold by start and stop, and until when.
    private static func overrides(_ status: FleetStatus, _ style: Style) -> String {
        Grid(
            columns: [
                Grid.Column(title: "OVERRIDE"), Grid.Column(title: "STATE"), Grid.Column(title: "UNTIL"),
                Grid.Column(title: "BY"),
            ],
            rows: status.overrides.map { override in
                [
                    Cell(override.instance), Cell(override.state.rawValue),
                    Cell(
                        override.until.map { "\(Spans.minute($0)) UTC, \(Spans.relative($0, to: status.now))" }
                            ?? "cleared"),
                    Cell(override.author),
                ]
            }
        ).text(style: style)
    }

    private static func sorted(_ due: [DueTransition]) -> [DueTransition] {
        due.sorted { $0.at != $1.at ? $0.at < $1.at : NaturalOrder.precedes($0.deployment, $1.deployment) }
    }

    // MARK: JSON

    private static func value(_ due: DueTransition) -> JSONValue {
        [
            "at": .string(due.at.description), "action": .string(due.action.rawValue),
            "deployment": .string(due.deployment), "instances": .integer(due.instances),
        ]
    }

    private static func value(_ override: PowerOverride) -> JSONValue {
        [
            "instance": .string(override.instance), "state": .string(override.state.rawValue),
            "until": override.until.map { .string($0.description) } ?? .null,
            "author": override.author.map { .string($0) } ?? .null,
        ]
    }

    private static func value(_ runner: RunnerRow) -> JSONValue {
        [
            "id": .string(runner.holder.id), "host": .string(runner.holder.host), "pid": .integer(runner.holder.pid),
            "since": .string(runner.since.description), "seen_at": .string(runner.seenAt.description),
        ]
    }
}
