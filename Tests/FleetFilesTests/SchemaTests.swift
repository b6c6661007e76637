import FleetFiles
import FleetTestSupport
import Foundation
import Testing

/// The JSON Schemas, read by Python's jsonschema.
@Suite struct SchemaTests {
    /// Takes lines `schema-file yaml-file` and prints, for each document, `yaml-file ok` or what is wrong first.
    ///
    /// Every scalar is given as a text, and then as YAML 1.2's core schema types it: a file must fare alike.
    private static let script = #"""
        import json, re, sys, yaml
        from jsonschema import Draft202012Validator

        class Core(yaml.SafeLoader):
            pass
        Core.yaml_implicit_resolvers = {}
        Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
        Core.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^-?(0|[1-9][0-9]*)$"), list("-0123456789"))
        Core.add_implicit_resolver("tag:yaml.org,2002:float", re.compile("^-?[0-9]+[.][0-9]+$"), list("-0123456789"))

        for line in sys.stdin.read().splitlines():
            schema, path = line.split(" ", 1)
            schema = json.load(open(schema))
            Draft202012Validator.check_schema(schema)
            verdicts = []
            for loader in (yaml.BaseLoader, Core):
                documents = [d for d in yaml.load_all(open(path, encoding="utf-8"), Loader=loader) if d]
                verdicts.append(all(Draft202012Validator(schema).is_valid(d) for d in documents))
            print(path.rsplit("/", 1)[-1], *verdicts)
        """#

    /// The verdicts on files against kinds' schemas, in order.
    private func verdicts(_ files: [(kind: String, path: String)], in folder: URL) async throws -> [String] {
        var lines = ""
        for (kind, path) in files {
            let schema = try folder.write(try #require(FleetSchemas.schema(named: kind)), to: "\(kind).schema.json")
            lines += "\(schema.path) \(path)\n"
        }
        let output = try await succeed(["python3", "-W", "ignore", "-c", Self.script], stdin: lines)
        return output.split(separator: "\n").map(String.init)
    }

    @Test func schemasAreFoundByNameAndPlural() {
        #expect(FleetSchemas.names == ["fleet", "regions", "users", "deployment", "bots", "schedule"])
        for name in FleetSchemas.names { #expect(FleetSchemas.schema(named: name) != nil) }
        #expect(FleetSchemas.schema(named: "deployments") == FleetSchemas.schema(named: "deployment"))
        #expect(FleetSchemas.schema(named: "bot") == FleetSchemas.schema(named: "bots"))
        #expect(FleetSchemas.schema(named: "schedules") == FleetSchemas.schema(named: "schedule"))
        #expect(FleetSchemas.schema(named: "nonsense") == nil)
    }

    @Test func exampleFleetAndTemplateSatisfyTheirSchemas() async throws {
        try await withTemporaryDirectory { folder in
            for file in FleetTemplate.files(fleetName: "acme") {
                try folder.write(file.text, to: "template/\(file.path)")
            }
            var files: [(kind: String, path: String)] = []
            for root in [repositoryRoot, folder.appending(path: "template")] {
                for (kind, below) in [
                    ("fleet", "fleet/fleet.yaml"), ("regions", "fleet/regions.yaml"), ("users", "fleet/users.yaml"),
                ] {
                    files.append((kind, root.appending(path: below).path))
                }
                for (kind, below) in [("deployment", "fleet/deployments"), ("bots", "bots"), ("schedule", "schedules")]
                {
                    for name in try FileManager.default.contentsOfDirectory(atPath: root.appending(path: below).path)
                        .sorted()
                    where name.hasSuffix(".yaml") {
                        files.append((kind, root.appending(path: "\(below)/\(name)").path))
                    }
                }
            }
            #expect(files.count == 18)
            let found = try await verdicts(files, in: folder)
            #expect(found == files.map { "\(URL(filePath: $0.path).lastPathComponent) True True" })
        }
    }

    @Test func plantedErrorsAreFound() async throws {
        let planted: [(kind: String, text: String)] = [
            ("fleet", "name: acme\n"),
            ("fleet", "name: acme\naws: {region: r, bucket: abc}\ndatabase: {url: \"mysql://b:secret@h/d\"}\n"),
            ("fleet", "name: acme\naws: {region: r, bucket: Abc}\ndatabase: {url: \"mysql://b@h/d\"}\n"),
            (
                "fleet",
                "name: acme\naws: {region: r, bucket: abc}\ndatabase: {url: \"mysql://b@h/d\"}\nduties: {\"instance:sink\": 5m}\n"
            ),
            (
                "fleet",
                "name: acme\naws: {region: r, bucket: abc}\ndatabase: {url: \"mysql://b@h/d\"}\nbroadcast: [{webhook: {url: \"http://h\", secret: hunter2}}]\n"
            ),
            ("regions", "name: eu-west-1\n"), ("regions", "- {name: eu-west-1, limit: -1}\n"),
            ("regions", "- {name: eu-west-1, default_image: jammy}\n"),
            ("users", "- {email: anna}\n"), ("users", "- {email: a@b, timezone: UTC, status: paused}\n"),
            ("users", "- {email: a@b, timezone: UTC, allowed_ips: []}\n"),
            ("deployment", "name: a\nuser: a@b\n"), ("deployment", "name: a\nuser: a@b\nbot: b\nshedule: x\n"),
            ("deployment", "name: a\nuser: a@b\nbot: b\nschedule: x\nstate: running\n"),
            ("deployment", "name: A\nuser: a@b\nbot: b\n"), ("deployment", "name: a\nuser: a@b\nbot: b\ncount: +2\n"),
            ("deployment", "name: a\nuser: a@b\nbot: b\nprotect: yes\n"),
            ("deployment", "name: a\nuser: a@b\nbot: b\nparameters: {p: {env: X}}\n"),
            ("bots", "source: a\n"), ("bots", "bot: a\nscript: a.py\n"),
            ("bots", "source: a\nurl: u\nbot: b\nscript: b.js\n"),
            ("bots", "source: a\nurl: https://me:pw@h/x\n"), ("bots", "bot: a\nscript: a.js\nref: main\n"),
            ("schedule", "name: a\n"), ("schedule", "name: a\nweek: [{days: monday, start: \"08:00\"}]\n"),
            ("schedule", "name: a\nweek: [{days: mon}]\n"),
            ("schedule", "name: a\nweek: [{days: mon, start: \"24:00\"}]\n"),
            ("schedule", "name: a\nexceptions: [{dates: 24.12.2026, state: stopped}]\n"),
        ]
        try await withTemporaryDirectory { folder in
            var files: [(kind: String, path: String)] = []
            for (number, (kind, text)) in planted.enumerated() {
                files.append((kind, try folder.write(text, to: "\(number).yaml").path))
            }
            let found = try await verdicts(files, in: folder)
            #expect(found == planted.indices.map { "\($0).yaml False False" })
        }
    }
}
