import FleetModel
import Planning
import Testing

/// The plan as JSON (SPEC 4).
@Suite struct PlanFileTests {
    private func fleet() throws -> FleetFixture {
        var fixture = try FleetFixture.applied(.web(count: 2, power: .schedule("office-hours")), .web("other")) {
            $0.schedules = [FleetFixture.officeHours()]
        }
        fixture.settings.prices = ["t3.medium": 0.05]
        fixture.schedules = [FleetFixture.officeHours("12:30")]
        try fixture.edit("other") { $0.parameters = ["password": .ssm("/bots/password"), "speed": .text("5")] }
        try fixture.byHand("other-1") { $0.tags[Tag.name] = "mine" }
        fixture.deployments.append(.web("new"))
        return fixture
    }

    private func json(_ plan: Plan) throws -> JSONValue {
        try CanonicalJSON.decode(JSONValue.self, from: try CanonicalJSON.encode(plan))
    }

    private func keys(_ value: JSONValue?) -> [String] {
        guard case .object(let members)? = value else { return [] }
        return members.keys.sorted()
    }

    @Test func planHasTheSpecifiedKeys() throws {
        let plan = try json(try fleet().plan())
        let specified = [
            "format_version", "fleet", "commit", "dirty", "created_at", "fingerprint", "changes", "drift", "notes",
            "summary",
            "running_hours_per_week", "cost_per_week",
        ]
        #expect(Set(specified).isSubset(of: keys(plan)))
        #expect(
            Set(keys(plan)).subtracting(specified) == ["replacements", "targets", "upcoming", "upgrades_images"])
        #expect(plan["format_version"] == 1)
        #expect(plan["fleet"] == "acme")
        #expect(plan["commit"] == .string(String(repeating: "c", count: 40)))
        #expect(plan["dirty"] == false)
        #expect(plan["created_at"] == "2026-11-23T12:00:00Z")
        #expect(keys(plan["summary"]) == ["create", "delete", "replace", "update"])
        #expect(keys(plan["running_hours_per_week"]) == ["after", "before"])
        #expect(keys(plan["cost_per_week"]) == ["after", "before"])
    }

    @Test func changeHasTheSpecifiedKeys() throws {
        guard case .array(let changes)? = try json(try fleet().plan())["changes"] else {
            Issue.record("there are no changes")
            return
        }
        let byAddress = Dictionary(uniqueKeysWithValues: changes.map { ($0["address"]?.text ?? "", $0) })
        let update = try #require(byAddress["instance.other-1"])
        #expect(
            keys(update) == ["action", "address", "after", "before", "fingerprint", "in", "location", "reason"])
        #expect(update["action"] == "update")
        #expect(update["in"] == ["aws", "mysql"])
        #expect(update["location"] == "fleet/deployments/other.yaml:1")
        #expect(update["after"]?["parameters"] == ["speed": "5", "password": ["ssm": "/bots/password"]])
        let create = try #require(byAddress["instance.new-1"])
        #expect(create["before"] == nil || create["before"] == .null)
        #expect(byAddress["instance.web-1"]?["action"] == "stop")
    }

    @Test func savedPlanComesBackWithAllButItsOperations() throws {
        let plan = try fleet().plan()
        let read = try CanonicalJSON.decode(Plan.self, from: try CanonicalJSON.encode(plan))
        var expected = plan
        for index in expected.changes.indices { expected.changes[index].operation = nil }
        #expect(read == expected)
        #expect(plan.addressesThatMoved(since: read) == [])
        #expect(plan.restricted(to: read) == plan)
    }

    @Test func emptyPlanComesBackToo() throws {
        let plan = try FleetFixture.applied(.web()).plan(
            PlanOptions(targets: [.instance("web-1")], upgradesImages: true))
        #expect(try CanonicalJSON.decode(Plan.self, from: try CanonicalJSON.encode(plan)) == plan)
    }

    @Test func summaryCountsEachActionOnce() throws {
        let plan = try fleet().plan()
        #expect(plan.summary.create == 2)
        #expect(plan.summary.update == 6)
        #expect(plan.summary.replace == 0)
        #expect(plan.summary.delete == 0)
        #expect(
            plan.lines == [
                "update fleet.acme", "update schedule.office-hours", "create deployment.new", "update deployment.other",
                "create instance.new-1", "update instance.other-1", "stop instance.web-1", "stop instance.web-2",
            ])
    }

    @Test func planHoldsNoSecretsValueAndNoDatabaseAddress() throws {
        var fixture = try fleet()
        fixture.settings.database = DatabaseSettings(
            url: "mysql://botfleet:planted@127.0.0.1/x", optionFile: "/planted.cnf")
        fixture.settings.broadcast = [
            .webhook(url: "https://hooks.example.com/x", secret: EnvironmentReference(env: "HOOK_SECRET"))
        ]
        let text = try CanonicalJSON.encode(try fixture.plan())
        #expect(!text.contains("planted"))
        #expect(text.contains("HOOK_SECRET"))
    }
}
