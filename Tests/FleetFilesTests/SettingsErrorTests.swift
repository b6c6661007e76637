import Diagnostics
import FleetFiles
import FleetModel
import Testing

/// Wrong fleet.yaml, regions.yaml and users.yaml, each with its exact message and position.
@Suite struct SettingsErrorTests {
    private let head = "name: acme\naws: {region: eu-west-1, bucket: acme-bots}\ndatabase: {url: \"mysql://b@h/d\"}\n"

    private func expectSettings(
        _ marked: String, _ messages: String..., sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) async throws {
        let file = MarkedFile(marked)
        let loaded = try await FleetFolder.small.with("fleet/fleet.yaml", file.text).load()
        let wanted = zip(file.marks, messages).map { "fleet/fleet.yaml:\($0): error: \($1)" }
        #expect(loaded.diagnostics.map(\.description) == wanted, sourceLocation: sourceLocation)
        #expect(file.marks.count == messages.count, "a marker for each message", sourceLocation: sourceLocation)
    }

    @Test func missingKeysAreTold() async throws {
        try await expectSettings(
            "1️⃣2️⃣3️⃣guards: {max_terminations: 3}\n", "missing key 'aws'", "missing key 'database'", "missing key 'name'")
    }

    @Test func emptyFileIsTold() async throws {
        try await expectSettings("1️⃣", "this file is empty; 'botfleet init' writes one to begin with")
    }

    @Test func secondDocumentIsTold() async throws {
        try await expectSettings(head + "--- 1️⃣a\n", "one document is all that this file may hold")
    }

    @Test func awsFieldsHaveTheirForms() async throws {
        try await expectSettings(
            """
            name: acme
            database: {url: "mysql://b@h/d"}
            aws:
              region: 1️⃣EU West
              bucket: 2️⃣Acme_Bots
              endpoint: 3️⃣127.0.0.1:5000
              image_owners: [self, 4️⃣me, 5️⃣09972010947]

            """,
            "'EU West' can't name a region: a-z, 0-9 and '-' within, at most 63 characters (did you mean 'eu-west'?)",
            "'bucket' must be a bucket's name (3 to 63 of a-z, 0-9, '.' and '-'), not 'Acme_Bots'",
            "'endpoint' takes a url like https://example.com, not '127.0.0.1:5000'",
            "'image_owners' must be self, amazon, aws-marketplace or an account's 12 digits, not 'me'",
            "'image_owners' must be self, amazon, aws-marketplace or an account's 12 digits, not '09972010947'")
    }

    @Test func databaseAddressHoldsNoPasswordAndKnownOptions() async throws {
        let top = "name: acme\naws: {region: eu-west-1, bucket: acme-bots}\ndatabase: "
        try await expectSettings(
            top + "{url: 1️⃣\"mysql://b:hunter2@h/d\"}\n",
            "a password never stands in a file; set BOTFLEET_DATABASE_PASSWORD or use 'option_file'")
        try await expectSettings(top + "{url: 1️⃣\"postgres://h/d\"}\n", "'url' takes mysql://user@host:3306/database")
        try await expectSettings(
            top + "{url: 1️⃣\"mysql://b@h\"}\n", "'url' names no database: mysql://user@host:3306/database")
        try await expectSettings(
            top + "{url: 1️⃣\"mysql://b@h/d?tls=maybe\"}\n",
            "option 'tls' of 'url' is off, required or verify, not 'maybe'")
        try await expectSettings(
            top + "{url: 1️⃣\"mysql://b@h/d?tsl=off\"}\n", "'url' has an unknown option 'tsl' (did you mean 'tls'?)")
    }

    @Test func defaultsHaveTheirLimits() async throws {
        try await expectSettings(
            head + "defaults: {instance_type: 1️⃣large, storage_gb: 2️⃣99999, ports: [22, 3️⃣0, 4️⃣70000, 5️⃣22]}\n",
            "'instance_type' must be an instance type like t3.medium, not 'large'",
            "'storage_gb' must be 8 to 16384 (GiB), not 99999", "'ports' must be 1 to 65535, not 0",
            "'ports' must be 1 to 65535, not 70000", "port 22 stands here twice")
        try await expectSettings(head + "defaults: {ports: []}\n")
    }

    @Test func guardsDutiesPricesAndRetentionAreChecked() async throws {
        try await expectSettings(
            head + """
                guards: {max_terminations: 1️⃣many, lost_after: 2️⃣10}
                duties: {3️⃣"instance:sink": 5m, "instance:sync": 4️⃣0s}
                prices: {5️⃣medium: 1, t3.medium: 6️⃣-1}
                retention: {sessions: 7️⃣forever, 8️⃣logs: 3d}

                """,
            "'max_terminations' takes a whole number, not 'many'",
            "'lost_after' takes a length of time like 90s, 10m, 1h, 30d or 2w, not '10'",
            "no duty is named 'instance:sink' (did you mean 'instance:sync'?)",
            "'instance:sync' must be 1s at least, not 0s",
            "'medium' is not an instance type like t3.medium",
            "a price is a decimal number of USD per hour like 0.0456, not '-1'",
            "'sessions' takes a length of time like 90s, 10m, 1h, 30d or 2w, not 'forever'",
            "unknown key 'logs'; keys here: sessions, events, journal")
    }

    @Test func secretsAreReferencesAndNeverQuoted() async throws {
        try await expectSettings(
            head + """
                broadcast:
                  - pusher: {url: "http://127.0.0.1:6001", app_id: acme, key: 1️⃣hunter2, secret: {env: 2️⃣hunter-2}}
                  - webhook: {url: 3️⃣"https://me:hunter2@example.com", secret: {env: X, 4️⃣ssm: /x}}

                """,
            "'key' never stands in a file; write {env: NAME} and set that environment variable",
            "'env' takes the name of an environment variable (A-Z, 0-9 and '_')",
            "'url': a url never holds credentials",
            "unknown key 'ssm'; keys here: env")
    }

    @Test func broadcastEntriesAreOneSinkEach() async throws {
        try await expectSettings(
            head
                + "broadcast:\n  - pusher: {url: \"http://h\", app_id: a, key: {env: A}, secret: {env: B}}\n    1️⃣webhook: {url: \"http://h\"}\n",
            "an entry is one sink; put the second into an entry of its own")
        try await expectSettings(
            head + "broadcast: [{1️⃣slack: {url: x}}]\n", "unknown key 'slack'; keys here: pusher, webhook")
        try await expectSettings(
            head + "broadcast: 1️⃣{webhook: {url: \"http://h\"}}\n", "'broadcast' takes a list of sinks, not a mapping")
    }

    @Test func gitopsAddressIsCheckedAsSourcesAre() async throws {
        try await expectSettings(
            head + "gitops: {url: 1️⃣\"http://git.example.com/x.git\", branch: 2️⃣a b, apply: 3️⃣always}\n",
            "'url': http:// is for loopback only; use https://", "'branch' must be a branch, tag or commit, not 'a b'",
            "'apply' is auto or plan, not 'always'")
    }

    @Test func bootScriptMustBeThere() async throws {
        try await expectSettings(head + "boot: {script: 1️⃣boot/common.sh}\n", "there is no file 'boot/common.sh'")
        try await expectSettings(
            head + "boot: {script: 1️⃣../common.sh}\n",
            "'../common.sh' leaves the repository; put the file itself into it")
        let loaded = try await FleetFolder.small.with("fleet/fleet.yaml", head + "boot: {script: boot/common.sh}\n")
            .with("boot/common.sh", "#!/bin/sh\n").load()
        #expect(loaded.diagnostics.isEmpty)
        #expect(loaded.repository?.settings.value.boot?.text == "#!/bin/sh\n")
    }

    // MARK: - Regions

    @Test func regionsAreCheckedEntryByEntry() async throws {
        try await expectErrors(
            in: "fleet/regions.yaml",
            """
            - {name: eu-west-1, limit: 1️⃣-1, default_image: 2️⃣jammy, vpc: 3️⃣main, subnets: 4️⃣[], public_ip: 5️⃣on}
            - name: us-east-2
              default_image: {owner: "099720109477", 6️⃣nam: x}
            - 7️⃣just-a-name

            """,
            "'limit' must be 0 to 1000000, not -1", "'default_image' must be an image like ami-0abc1234, not 'jammy'",
            "'vpc' must be a VPC like vpc-0abc1234, not 'main'", "'subnets' is an empty list; remove the key",
            "'public_ip' is true or false, not 'on' (did you mean true?)",
            "unknown key 'nam' (did you mean 'name'?)", "a region is a mapping of keys, not the text 'just-a-name'",
            beside: .small)
    }

    @Test func regionsMustBeAList() async throws {
        try await expectErrors(
            in: "fleet/regions.yaml", "1️⃣name: eu-west-1\n", "regions are a list ('- …'), not a mapping")
        try await expectErrors(
            in: "fleet/regions.yaml", "1️⃣[]\n", "this list is empty; remove the brackets", beside: lonely)
    }

    /// Without users and deployments, which need regions.
    private var lonely: FleetFolder {
        FleetFolder.small.with("fleet/users.yaml", nil).with("fleet/deployments/watch.yaml", nil)
    }

    @Test func regionWithoutImageIsToldAtItsDeployments() async throws {
        let folder = FleetFolder.small.with("fleet/regions.yaml", "- {name: eu-west-1}\n")
        try await expectErrors(
            in: "fleet/deployments/watch.yaml", "1️⃣name: watch\nuser: anna@example.com\nbot: b\n",
            "region 'eu-west-1' has no default_image; give it one, or the deployment an image of its own",
            beside: folder)
        try await expectErrors(
            in: "fleet/deployments/watch.yaml", "name: watch\nuser: anna@example.com\nbot: b\nimage: ami-3\n",
            beside: folder)
    }

    // MARK: - Users

    @Test func usersAreCheckedEntryByEntry() async throws {
        try await expectErrors(
            in: "fleet/users.yaml",
            """
            - email: anna@example.com
              timezone: 1️⃣Europe/Berln
              region: 2️⃣eu-west-9
              status: 3️⃣paused
              allowed_ips: [4️⃣203.0.113.7/24, 5️⃣300.1.1.1, 6️⃣10.0.0.0/33, 203.0.113.7, 7️⃣203.0.113.7/32]
              ssh_public_key: 8️⃣ssh-dss AAAA

            """,
            "no time zone is named 'Europe/Berln' (did you mean 'Europe/Berlin'?)",
            "no region is named 'eu-west-9' (did you mean 'eu-west-1'?)",
            "'status' is active or suspended, not 'paused'",
            "'203.0.113.7/24' has bits set beyond its prefix (did you mean '203.0.113.0/24'?)",
            "'300.1.1.1' is not an address or block like 203.0.113.7 or 2001:db8::/32",
            "'10.0.0.0/33' is not an address or block like 203.0.113.7 or 2001:db8::/32",
            "203.0.113.7/32 stands here twice",
            "'ssh_public_key' takes an OpenSSH public key: ssh-ed25519 AAAA… or ssh-rsa AAAA…")
    }

    @Test func zoneNearNoneExplainsZones() async throws {
        try await expectErrors(
            in: "fleet/users.yaml", "- {email: anna@example.com, timezone: 1️⃣somewhere, region: eu-west-1}\n",
            "no time zone is named 'somewhere'; zones are named like Europe/Berlin or UTC")
    }

    @Test func everyAddressIsAllowedWhereItIsWritten() async throws {
        try await expectErrors(
            in: "fleet/users.yaml",
            "- {email: anna@example.com, timezone: UTC, region: eu-west-1, allowed_ips: [0.0.0.0/0, \"::/0\"]}\n")
    }

    @Test func portsTimesAddressesFitASecurityGroup() async throws {
        let twenty = (1...20).map { "203.0.113.\($0)" }.joined(separator: ", ")
        try await expectErrors(
            in: "fleet/users.yaml",
            "- {email: anna@example.com, timezone: UTC, region: eu-west-1, allowed_ips: [\(twenty)]}\n")
        try await expectErrors(
            in: "fleet/users.yaml",
            "- {email: anna@example.com, timezone: UTC, region: eu-west-1, allowed_ips: 1️⃣[\(twenty), 192.0.2.1]}\n",
            "3 ports × 21 addresses are 63 rules; a security group takes 60")
    }

    @Test func privateKeyIsNeverQuoted() async throws {
        try await expectErrors(
            in: "fleet/users.yaml",
            "- email: anna@example.com\n  timezone: UTC\n  region: eu-west-1\n  ssh_public_key: 1️⃣\"-----BEGIN OPENSSH PRIVATE KEY-----\"\n",
            "this is a private key; put the public one here (ssh-… AAAA…) and replace the key pair")
    }

    @Test func userTwiceIsToldWithTheFirstPlace() async throws {
        try await expectErrors(
            in: "fleet/users.yaml",
            "- {email: anna@example.com, timezone: UTC, region: eu-west-1}\n- {email: 1️⃣Anna@Example.com, timezone: UTC}\n",
            "user 'Anna@Example.com' is declared already at fleet/users.yaml:1:11")
    }

    @Test func deploymentWithoutAnyRegionIsTold() async throws {
        try await expectErrors(
            in: "fleet/deployments/watch.yaml", "1️⃣name: watch\nuser: anna@example.com\nbot: b\n",
            "missing key 'region': user 'anna@example.com' has none to go by",
            beside: FleetFolder.small.with("fleet/users.yaml", "- {email: anna@example.com, timezone: UTC}\n"))
    }
}
