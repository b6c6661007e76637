import FleetModel
import FleetTestSupport
import Planning
import Testing

@testable import Views

@Suite struct PlanTextTests {
    @Test func everyActionDriftNotesAndFiguresAreShown() {
        expectGolden(PlanText.render(Samples.everything), "plan-everything")
    }

    @Test func coloursAreWrittenWhereTheStyleHasThem() {
        let plan = Samples.plan([Samples.create("watch-1")])
        expectGolden(PlanText.render(plan, style: Style(color: true)), "plan-colour")
    }

    @Test func coloursTakenAwayLeaveThePlainText() {
        let colored = PlanText.render(Samples.everything, style: Style(color: true))
        #expect(colored.replacing(#/\u{1B}\[\d+m/#, with: "") == PlanText.render(Samples.everything))
        #expect(colored != PlanText.render(Samples.everything))
    }

    @Test func emptyPlanSaysThatTheFleetMatchesItsFiles() {
        #expect(PlanText.render(Samples.plan([])) == "No changes. The fleet matches its files.\n")
    }

    @Test func emptyPlanWithDriftDoesNotClaimThatAllIsWell() {
        let drift = Drift(
            address: .instance("a-1"), attribute: "state", recorded: "running", observed: "stopped", fixed: false)
        expectGolden(PlanText.render(Samples.plan([], drift: [drift])), "plan-drift-alone")
    }

    @Test func restrictedPlanSaysWhatItWasRestrictedTo() {
        let options = PlanOptions(targets: [.instance("watch-1"), .deployment("price")])
        let text = PlanText.render(Samples.plan([], options: options))
        #expect(
            text.contains(
                "Only a part of the fleet was planned: instance.watch-1, deployment.price and what they need."))
    }

    @Test(arguments: [(1, false), (5, false), (6, true), (300, true)])
    func equalInstancesOfADeploymentAreShownOnceFromSixOn(count: Int, collapses: Bool) {
        let plan = Samples.plan((1...count).map { Samples.create("linkedin-watch-\($0)") })
        let text = PlanText.render(plan)
        let blocks = text.components("\" {")
        #expect(blocks == (collapses ? 1 : count))
        #expect(text.contains("(\(count) instances) will be created") == collapses)
        #expect(text.hasSuffix("Plan: \(count) to create, 0 to update, 0 to replace, 0 to delete.\n"))
    }

    @Test func threeHundredCreatedInstancesTakeOneBlock() {
        let plan = Samples.plan((1...300).map { Samples.create("linkedin-watch-\($0)") } + [Samples.create("other-1")])
        expectGolden(PlanText.render(plan), "plan-collapsed")
    }

    @Test func instancesThatDifferInTheirMachineAloneAreShownOnce() {
        let plan = Samples.plan((1...8).map { Samples.update("watch-\($0)", id: "i-0123456789abcde\($0)") })
        let text = PlanText.render(plan)
        #expect(text.contains("# instance.watch-1 … instance.watch-8 (8 instances) will be updated in place"))
        #expect(!text.contains("i-0123"))
    }

    @Test func restoredInstancesAreShownOnceThoughTheirReasonsNameTheirMachines() {
        let changes = (1...7).map { number in
            Change(
                address: .instance("watch-\(number)"), action: .restore, systems: [.aws],
                reason: "AWS lost i-0123456789abcde\(number)",
                after: ["bot": "b"])
        }
        #expect(PlanText.render(Samples.plan(changes)).contains("(7 instances) will be restored (AWS lost i-…)"))
    }

    @Test func instancesThatDifferAreNotHiddenAmongEqualOnes() {
        var changes = (1...9).map { Samples.create("watch-\($0)") }
        changes[4] = Samples.create("watch-5", reason: "its launch failed before")
        let text = PlanText.render(Samples.plan(changes))
        #expect(
            text.contains(
                "instance.watch-1 … instance.watch-9 (8 instances: 1-4, 6-9) will be created (not recorded yet)"))
        #expect(text.contains("# instance.watch-5 will be created (its launch failed before)"))
    }

    @Test func equalInstancesOfOtherDeploymentsStayApart() {
        let changes = (1...6).flatMap { [Samples.create("a-\($0)"), Samples.create("b-\($0)")] }
        let text = PlanText.render(Samples.plan(changes))
        #expect(text.contains("# instance.a-1 … instance.a-6 (6 instances) will be created"))
        #expect(text.contains("# instance.b-1 … instance.b-6 (6 instances) will be created"))
    }

    @Test func equalDriftOfManyInstancesTakesOneBlock() {
        let drift = (1...40).map {
            Drift(
                address: .instance("watch-\($0)"), attribute: "state", recorded: "running", observed: "stopped",
                fixed: true)
        }
        let text = PlanText.render(Samples.plan([], drift: drift))
        #expect(text.contains("# instance.watch-1 … instance.watch-40 (40 instances): this plan undoes it"))
        #expect(text.components("~ state") == 1)
    }

    @Test func equalNotesOfManyInstancesTakeOneLine() {
        let notes = (1...20).map {
            PlanNote(.instance("watch-\($0)"), "lost; `botfleet restore watch-\($0)` brings it back")
        }
        let text = PlanText.render(Samples.plan([], notes: notes))
        #expect(text.contains("  - instance.watch-1 … instance.watch-20 (20 instances): lost;"))
    }

    @Test func hostileValuesReachNoTerminal() {
        let value = JSONValue.string(Samples.hostile)
        let change = Change(
            address: Address(.instance, Samples.hostile), action: .update, systems: [.aws], reason: Samples.hostile,
            location: Samples.hostile, before: .object([Samples.hostile: value, "a": [value], "b": ["ssm": value]]),
            after: .object([Samples.hostile: "x", "a": [], "b": ["ssm": "y"], "instance_id": value]))
        let plan = Samples.plan(
            [change],
            drift: [
                Drift(
                    address: .bot(Samples.hostile), attribute: Samples.hostile, recorded: value, observed: .null,
                    fixed: false)
            ],
            notes: [PlanNote(.bot(Samples.hostile), Samples.hostile)],
            upcoming: [
                Plan.Upcoming(
                    address: .deployment(Samples.hostile), timezone: Samples.hostile,
                    transitions: [Plan.Upcoming.Entry(at: Samples.now, local: Samples.hostile, action: .start)])
            ], commit: Samples.hostile, options: PlanOptions(targets: [.bot(Samples.hostile)]))
        let text = PlanText.render(plan)
        #expect(isHarmless(text))
        expectGolden(text, "plan-hostile")
    }

    @Test func secretsAreShownByTheirNameAlone() {
        let text = PlanText.render(Samples.plan([Samples.create("watch-1")]))
        #expect(text.contains("password = {ssm: /bots/linkedin/password}"))
    }

    @Test func changedSecretReferenceIsOneLine() {
        let change = Change(
            address: .instance("a-1"), action: .update, systems: [.aws], reason: "r",
            before: ["parameters": ["password": ["ssm": "/old"], "user": "anna"]],
            after: ["parameters": ["password": ["ssm": "/new"], "user": ["ssm": "/user"]]])
        let text = PlanText.render(Samples.plan([change]))
        #expect(text.contains("~ password = {ssm: /old} → {ssm: /new}"))
        #expect(text.contains("~ user     = \"anna\" → {ssm: /user}"))
    }

    @Test func attributesStandInTheirNaturalOrder() {
        let members = Dictionary(uniqueKeysWithValues: (1...11).map { ("key\($0)", JSONValue.integer($0)) })
        let change = Change(
            address: .bot("b"), action: .create, systems: [.mysql], reason: "r", after: .object(members))
        let names = PlanText.render(Samples.plan([change])).matches(of: #/\+ (key\d+)/#).map { String($0.1) }
        #expect(names == (1...11).map { "key\($0)" })
    }

    @Test func digestsAreCutToTwelveCharacters() {
        let text = PlanText.render(Samples.plan([Samples.update("a-1", id: "i-0")]))
        #expect(text.contains("bundle     = 0a1b2c3d0a1b… → ff00ee11ff00…"))
    }

    @Test func digestsThatBeginAlikeAreShownWhole() {
        let one = String(repeating: "a", count: 63) + "1"
        let other = String(repeating: "a", count: 63) + "2"
        let pair = ValueText.pair(.string(one), .string(other))
        #expect(pair.old == "\"\(one)\"" && pair.new == "\"\(other)\"")
    }

    @Test func longPairTakesTwoLinesAndAnEndlessOneIsCutAboutItsDifference() {
        let long = String(repeating: "x", count: 70)
        let endless = String(repeating: "y", count: 5_000)
        let change = Change(
            address: .bot("b"), action: .update, systems: [.mysql], reason: "r",
            before: ["long": .string(long + "a"), "endless": .string(endless + "a" + endless)],
            after: ["long": .string(long + "b"), "endless": .string(endless + "b" + endless)])
        expectGolden(PlanText.render(Samples.plan([change])), "plan-long-values")
    }

    @Test func pipeOfNoWidthKeepsPairsInOneLine() {
        let long = String(repeating: "x", count: 150)
        let change = Change(
            address: .bot("b"), action: .update, systems: [.mysql], reason: "r", before: ["long": .string(long)],
            after: ["long": .string("b")])
        let text = PlanText.render(Samples.plan([change]), style: Style(color: false, width: .max))
        #expect(text.contains("~ long = \"\(long)\" → \"b\""))
    }

    @Test func longListsAreBoundedAndShowWhatChanged() {
        let old = (1...1_000).map { JSONValue.string("rule \($0)") }
        let new = Array(old.dropLast()) + ["rule new"]
        let change = Change(
            address: .bot("b"), action: .update, systems: [.mysql], reason: "r", before: ["rules": .array(old)],
            after: ["rules": .array(new)])
        let text = PlanText.render(Samples.plan([change]))
        #expect(text.contains("- \"rule 1000\"") && text.contains("+ \"rule new\""))
        #expect(text.contains("(999 unchanged elements hidden)"))
        let created = Change(
            address: .bot("b"), action: .create, systems: [.mysql], reason: "r", after: ["rules": .array(old)])
        #expect(PlanText.render(Samples.plan([created])).contains("# (940 more)"))
    }

    @Test func deepValuesEndInOneLine() {
        var value: JSONValue = "bottom"
        for _ in 0..<200 { value = ["a": value] }
        let change = Change(address: .bot("b"), action: .create, systems: [.mysql], reason: "r", after: value)
        #expect(PlanText.render(Samples.plan([change])).split(separator: "\n").count < 40)
    }

    @Test func upcomingStartsAndStopsAreBoundedADayAndAList() {
        let many = (0..<40).map {
            Samples.entry("2026-11-23T08:\($0 < 10 ? "0" : "")\($0):00+01:00", $0 % 2 == 0 ? .start : .stop)
        }
        var upcoming = [Samples.upcoming("busy", entries: many), Samples.upcoming("idle", entries: [])]
        upcoming += (0..<40).map {
            Samples.upcoming("d\($0)", entries: [Samples.entry("2026-11-2\($0 % 7 + 1)T08:00:00+01:00", .start)])
        }
        expectGolden(PlanText.render(Samples.plan([Samples.create("a-1")], upcoming: upcoming)), "plan-upcoming")
    }

    @Test func moreThanTwentyDifferentTimetablesAreCounted() {
        let upcoming = (0..<25).map {
            Samples.upcoming("d\($0)", entries: [Samples.entry("2026-11-23T08:\($0 + 10):00+01:00", .start)])
        }
        #expect(PlanText.render(Samples.plan([], upcoming: upcoming)).contains("  … and 5 deployments more\n"))
    }

    @Test func planForTenThousandInstancesTakesLinesAsThereAreDifferences() {
        let plan = Samples.plan((1...10_000).map { Samples.create("watch-\($0)") })
        #expect(PlanText.render(plan).split(separator: "\n").count < 40)
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(_ text: String) -> Int { ranges(of: text).count }
}
