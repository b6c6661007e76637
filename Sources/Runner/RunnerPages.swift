import FleetModel
import Foundation

/// The texts of /healthz and /metrics.
struct RunnerPages: Sendable {
    let state: RunnerState
    let fleet: String
    let startedAt: ContinuousClock.Instant
    /// How many statements were sent to the database.
    let statements: @Sendable () -> Int
    /// How many requests were sent to AWS, by operation.
    let requests: @Sendable () -> [String: Int]

    /// Liveness and readiness: 200 where it is ready, else 503, with why.
    ///
    /// Live means that the process answers; a dead database or AWS makes it not ready, and not dead.
    func health() throws -> (isReady: Bool, body: String) {
        let current = state.current
        let problem = current.problem(now: .now)
        let body: JSONValue = [
            "live": .boolean(true), "ready": .boolean(problem == nil), "problem": problem.map { .string($0) } ?? .null,
            "fleet": .string(fleet), "regions": .array(current.regions.sorted().map { .string($0) }),
            "database": .string(current.databaseError ?? "ok"), "aws": .string(current.awsError ?? "ok"),
            "draining": .boolean(current.isDraining),
        ]
        return (problem == nil, try CanonicalJSON.encode(body) + "\n")
    }

    /// Prometheus's text format.
    ///
    /// Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
    func metrics() -> String {
        let current = state.current
        var text = MetricsText()
        text.gauge("botfleet_up", "1 where the runner is ready.", [([:], current.problem(now: .now) == nil ? 1 : 0)])
        text.gauge(
            "botfleet_uptime_seconds", "Seconds since the runner began.",
            [([:], Double((ContinuousClock.now - startedAt).components.seconds))])
        text.gauge(
            "botfleet_database_up", "1 where the database answers.", [([:], current.databaseError == nil ? 1 : 0)])
        text.gauge("botfleet_aws_up", "1 where AWS answered last.", [([:], current.awsError == nil ? 1 : 0)])
        text.gauge(
            "botfleet_scheduling_regions", "Regions whose starts and stops this runner does.",
            [([:], Double(current.regions.count))])
        if let late = current.lateness {
            text.gauge(
                "botfleet_tick_lateness_seconds", "How late the last tick began, by the fleet's clock.",
                [([:], Double(late))])
        }
        text.counter(
            "botfleet_duty_runs_total", "Runs of a duty, by how they ended.",
            current.runs.map { (["duty": $0.duty.rawValue, "outcome": $0.outcome], Double($1)) })
        text.gauge(
            "botfleet_duty_last_duration_seconds", "How long the last run of a duty took.",
            current.seconds.map { (["duty": $0.rawValue], $1) })
        text.gauge(
            "botfleet_alarms", "Alarms of the last run of a duty: another account, too much lost at once.",
            current.alarms.map { (["duty": $0.rawValue], Double($1)) })
        text.counter(
            "botfleet_sessions_total", "Starts and stops carried out by this runner, by what came of a try.",
            current.sessions.map { (["duty": $0.duty.rawValue, "outcome": $0.outcome], Double($1)) })
        text.counter("botfleet_sql_statements_total", "Statements sent to the database.", [([:], Double(statements()))])
        text.counter(
            "botfleet_aws_requests_total", "Requests sent to AWS.",
            requests().map { (["operation": $0], Double($1)) })
        return text.text
    }
}

/// Builds Prometheus's text, each family once, its samples in order.
struct MetricsText {
    typealias Sample = (labels: [String: String], value: Double)

    private(set) var text = ""

    mutating func gauge(_ name: String, _ help: String, _ samples: [Sample]) { add(name, help, "gauge", samples) }
    mutating func counter(_ name: String, _ help: String, _ samples: [Sample]) { add(name, help, "counter", samples) }

    private mutating func add(_ name: String, _ help: String, _ type: String, _ samples: [Sample]) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        text += samples.map { sample in
            let labels = sample.labels.sorted { $0.key < $1.key }
                .map { "\($0.key)=\"\(MetricsText.escaped($0.value))\"" }.joined(separator: ",")
            let value = sample.value == sample.value.rounded() ? String(Int(sample.value)) : String(sample.value)
            return "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(value)\n"
        }.sorted().joined()
    }

    /// Backslashes, quotes and newlines, as the format asks.
    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
            .replacingOccurrences(of: "\n", with: "\\n")
    }
}
