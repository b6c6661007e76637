import Diagnostics
import FleetFiles
import FleetModel
import Testing

/// Wrong files of fleet/deployments, each with its exact message and position.
@Suite struct DeploymentErrorTests {
    private func expect(
        _ marked: String, _ messages: String..., sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws {
        let file = MarkedFile(marked)
        let loaded = try await FleetFolder.small.with("fleet/deployments/watch.yaml", file.text).load()
        let wanted = zip(file.marks, messages).map { "\($0): error: \($1)" }
        let found = loaded.diagnostics.map { String($0.description.dropFirst("fleet/deployments/watch.yaml:".count)) }
        #expect(found == wanted, sourceLocation: sourceLocation)
        #expect(file.marks.count == messages.count, "a marker for each message", sourceLocation: sourceLocation)
    }

    private let head = "name: watch\nuser: anna@example.com\nbot: page-watch\n"

    @Test func unknownKeyNamesTheNearestOne() async throws {
        try await expect(head + "1️⃣shedule: office-hours\n", "unknown key 'shedule' (did you mean 'schedule'?)")
        try await expect(head + "1️⃣Count: 2\n", "unknown key 'Count' (did you mean 'count'?)")
    }

    @Test func unknownKeyThatIsNearNoneListsAll() async throws {
        try await expect(
            head + "1️⃣colour: red\n",
            """
            unknown key 'colour'; keys here: name, user, bot, region, count, instance_type, storage_gb, image, \
            schedule, state, parameters, when_lost, protect, hold, drift, instance_profile
            """)
    }

    @Test func duplicateKeyIsToldAtTheSecond() async throws {
        try await expect(head + "1️⃣bot: other\n", "duplicate key 'bot' (first at 3:1)")
    }

    @Test func missingKeysAreToldAtTheDocument() async throws {
        try await expect("1️⃣2️⃣3️⃣count: 1\n", "missing key 'bot'", "missing key 'name'", "missing key 'user'")
    }

    @Test func documentThatIsNoMappingIsTold() async throws {
        try await expect("1️⃣- name: watch\n", "a deployment is a mapping of keys, not a list")
        try await expect("1️⃣just words\n", "a deployment is a mapping of keys, not the text 'just words'")
        try await expect("1️⃣null\n", "a deployment is a mapping of keys, not nothing")
    }

    @Test func nullAndEmptyValuesAreErrorsQuotedOrNot() async throws {
        try await expect(
            head + "region: 1️⃣null\ncount: 2️⃣~\nimage: 3️⃣''\nstate: 4️⃣\"null\"\ndrift:5️⃣\n",
            "'region' has no value; give it one or remove the key",
            "'count' has no value; give it one or remove the key",
            "'image' has no value; give it one or remove the key",
            "'state' has no value; give it one or remove the key",
            "'drift' has no value; give it one or remove the key")
    }

    @Test func emptyListsAndMappingsAreErrors() async throws {
        try await expect(
            head + "instance_type: 1️⃣[]\nparameters: 2️⃣{}\n", "'instance_type' is an empty list; remove the key",
            "'parameters' is empty; remove the key")
    }

    @Test func numbersAreDecimalAndUnadorned() async throws {
        try await expect(head + "count: 1️⃣010\n", "'count' takes a whole number, not '010' (write 10)")
        try await expect(head + "count: 1️⃣+2\n", "'count' takes a whole number, not '+2' (write 2)")
        try await expect(head + "count: 1️⃣1_000\n", "'count' takes a whole number, not '1_000' (write 1000)")
        try await expect(head + "count: 1️⃣2.0\n", "'count' takes a whole number, not '2.0' (write 2)")
        try await expect(head + "count: 1️⃣0x10\n", "'count' takes a whole number, not '0x10'")
        try await expect(head + "count: 1️⃣three\n", "'count' takes a whole number, not 'three'")
        try await expect(head + "count: 1️⃣[3]\n", "'count' takes a text, not a list")
    }

    @Test func numbersHaveTheirLimits() async throws {
        try await expect(head + "count: 1️⃣-1\n", "'count' must be 0 to 100000, not -1")
        try await expect(head + "count: 1️⃣100001\n", "'count' must be 0 to 100000, not 100001")
        try await expect(head + "storage_gb: 1️⃣7\n", "'storage_gb' must be 8 to 16384 (GiB), not 7")
        try await expect(
            head + "count: 1️⃣99999999999999999999\n", "'count' takes a whole number, not '99999999999999999999'")
    }

    @Test func booleansAreTrueAndFalseAlone() async throws {
        try await expect(head + "protect: 1️⃣yes\n", "'protect' is true or false, not 'yes' (did you mean true?)")
        try await expect(head + "protect: 1️⃣False\n", "'protect' is true or false, not 'False' (did you mean false?)")
        try await expect(head + "protect: 1️⃣maybe\n", "'protect' is true or false, not 'maybe'")
        try await expect(head + "protect: 1️⃣{a: b}\n", "'protect' takes a text, not a mapping")
    }

    @Test func wordsOfAnEnumerationAreSuggested() async throws {
        try await expect(
            head + "state: 1️⃣runing\nwhen_lost: 2️⃣ignore\ndrift: 3️⃣Fix\n",
            "'state' is running or stopped, not 'runing' (did you mean 'running'?)",
            "'when_lost' is restore or report, not 'ignore'",
            "'drift' is fix or report, not 'Fix' (did you mean 'fix'?)")
    }

    @Test func scheduleAndStateExcludeEachOther() async throws {
        try await expect(
            head + "schedule: office-hours\n1️⃣state: running\n", "'schedule' and 'state' exclude each other; keep one")
    }

    @Test func namesFollowTheRule() async throws {
        let rest = "user: anna@example.com\nbot: page-watch\n"
        try await expect(
            "name: 1️⃣Linkedin Watch\n" + rest,
            "'Linkedin Watch' can't name a deployment: a-z, 0-9 and '-' within, at most 63 characters (did you mean 'linkedin-watch'?)"
        )
        try await expect(
            "name: 1️⃣-watch\n" + rest,
            "'-watch' can't name a deployment: a-z, 0-9 and '-' within, at most 63 characters")
        try await expect(
            "name: 1️⃣\(String(repeating: "x", count: 64))\n" + rest,
            "the name of a deployment has at most 63 characters, not 64")
    }

    @Test func nameWithItsCountFitsSixtyThreeCharacters() async throws {
        let name = String(repeating: "x", count: 60)
        let rest = "user: anna@example.com\nbot: page-watch\n"
        try await expect("name: \(name)x\n\(rest)count: 9\n")
        try await expect(
            "name: \(name)x\n\(rest)count: 1️⃣10\n",
            "the instance name '\(name.prefix(40))…' has over 63 characters; shorten 'name'")
        try await expect(
            "name: 1️⃣\(name)xxx\n\(rest)",
            "the instance name '\(name.prefix(40))…' has over 63 characters; shorten 'name'")
        try await expect("name: \(name)xxx\n\(rest)count: 0\n")
    }

    @Test func unknownNamesListWhatThereIs() async throws {
        try await expect(
            "name: watch\nuser: 1️⃣bob@example.com\nbot: b\nregion: 2️⃣eu-west-2\nschedule: 3️⃣weekends\n",
            "no user has the address 'bob@example.com'; users: anna@example.com",
            "no region is named 'eu-west-2' (did you mean 'eu-west-1'?)",
            "no schedule is named 'weekends'; schedules: office-hours")
        try await expect(
            "name: watch\nuser: 1️⃣ana@example.com\nbot: b\n",
            "no user has the address 'ana@example.com' (did you mean 'anna@example.com'?)")
    }

    @Test func emailIsComparedWithoutCase() async throws {
        try await expect("name: watch\nuser: ANNA@Example.com\nbot: page-watch\n")
        try await expect(
            "name: watch\nuser: 1️⃣anna\nbot: page-watch\n",
            "'user' must be an e-mail address like anna@example.com, not 'anna'")
    }

    @Test func imagesAndTypesHaveTheirForms() async throws {
        try await expect(
            head + "image: 1️⃣ubuntu\ninstance_type: [t3.medium, 2️⃣t3, 3️⃣t3.medium]\ninstance_profile: 4️⃣a b\n",
            "'image' must be default or an image like ami-0abc1234, not 'ubuntu'",
            "'instance_type' must be an instance type like t3.medium, not 't3'", "'t3.medium' stands here twice",
            "'instance_profile' must be the name of an instance profile (letters, digits and +=,.@_-), not 'a b'")
    }

    @Test func parametersAreTextsOrReferences() async throws {
        try await expect(
            head + "parameters: {a: 1️⃣[x], b: {ssm: x, 2️⃣env: X}, c: {ssm: 3️⃣a b}, d: 4️⃣null}\n",
            "a parameter takes a text or {ssm: NAME}, not a list", "unknown key 'env'; keys here: ssm",
            "'ssm' must be an SSM parameter's name like /bots/password, not 'a b'",
            "'d' has no value; give it one or remove the key")
    }

    @Test func holdHasAStateAndALocalTime() async throws {
        try await expect(head + "hold: 1️⃣{reason: x}\n", "missing key 'state'")
        try await expect(
            head + "hold: {state: stopped, until: 1️⃣2026-12-01T08:00Z}\n",
            "'until' takes a local time like 2026-12-01T08:00, without a zone, not '2026-12-01T08:00Z'")
        try await expect(
            head + "hold: {state: stopped, until: 1️⃣2026-02-30T08:00}\n",
            "'until' takes a local time like 2026-12-01T08:00, without a zone, not '2026-02-30T08:00'")
        try await expect(
            head + "hold: 1️⃣stopped\n",
            "'hold' takes keys and values, like {state: stopped, until: 2026-12-01T08:00}, not the text 'stopped'")
    }

    @Test func aliasedValueIsToldWhereTheAliasStands() async throws {
        try await expect(
            "name: watch\nuser: anna@example.com\nbot: &b page-watch\nprotect: 1️⃣*b\n",
            "'protect' is true or false, not 'page-watch'")
    }

    @Test func yamlFaultsCarryTheirPlace() async throws {
        try await expect(head + "parameters:\n1️⃣\tspeed: 5\n", "a tab can't indent YAML; use spaces")
        try await expect(
            head + "count: 1️⃣!!int 3\n", "YAML tags ('!…') are not allowed; a text that begins with '!' stands in quotes"
        )
        try await expect(
            head + "parameters: &p {a: b}\nhold:\n  1️⃣<<: *p\n  state: stopped\n",
            "merge keys ('<<') are not supported; write the keys out")
        try await expect(head + "hold:\n  ?1️⃣\n  : x\n  state: stopped\n", "a key is missing before this ':'")
    }

    @Test func everyDocumentOfAFileIsChecked() async throws {
        try await expect(
            head + "count: 1️⃣x\n---\n# nothing\n---\nname: other\nuser: anna@example.com\nbot: b\ncount: 2️⃣y\n--- 3️⃣[\n",
            "'count' takes a whole number, not 'x'", "'count' takes a whole number, not 'y'",
            "the bracket here is never closed")
    }
}
