import BotCatalog
import Diagnostics
import FleetModel
import Testing

@Suite struct BotFileParserTests {
    private func parse(_ text: String, faults: Diagnostic.Severity = .warning) -> BotFileParser.Reading {
        BotFileParser.parse(
            Array(text.utf8), source: "puppeteer", path: "bots/x.js", commit: "c0ffee", file: "x.js", faults: faults)
    }

    private func script(about: String = #"{"name": "x"}"#, params: String = "[]") -> String {
        "/** ABOUT\n\(about)\n*/\n/** PARAMS\n\(params)\n*/\nmain();\n"
    }

    private func messages(_ reading: BotFileParser.Reading) -> [String] { reading.diagnostics.map(\.description) }

    // MARK: What is a bot

    @Test func wholeBotOfTheSpecificationIsRead() {
        let reading = parse(
            """
            /** ABOUT
            { "name": "linkedin-track-companies", "description": "Watches.", "icon": "fa-eye", "platform": "Linkedin" }
            */
            /** PARAMS
            [
              // how fast
              {"name": "speed", "type": "range", "range": "1-9", "title": "Speed", "description": "d", "icon": "fa-bolt"},
              {"name": "password", "type": "password"},
              {"name": "site", "type": "url", "default": "https://example.com/a//b", "required": false}
            ]
            */
            const puppeteer = require("puppeteer");
            """)
        #expect(reading.diagnostics == [])
        #expect(
            reading.bot
                == Bot(
                    name: "linkedin-track-companies", source: "puppeteer", path: "bots/x.js", commit: "c0ffee",
                    description: "Watches.", platform: "Linkedin", icon: "fa-eye",
                    parameters: [
                        BotParameter(
                            name: "speed", type: .range, title: "Speed", description: "d", icon: "fa-bolt", minimum: 1,
                            maximum: 9),
                        BotParameter(name: "password", type: .password),
                        BotParameter(
                            name: "site", type: .url, required: false, defaultValue: "https://example.com/a//b"),
                    ]))
    }

    @Test func parametersAsAnObjectKeepTheirOrder() {
        let reading = parse(
            script(params: #"{"zeta": {"type": "string"}, "alpha": {"type": "integer"}, "mid": {"name": "mid"}}"#))
        #expect(reading.diagnostics == [])
        #expect(reading.bot?.parameters.map(\.name) == ["zeta", "alpha", "mid"])
        #expect(reading.bot?.parameters.map(\.type) == [.string, .integer, .string])
    }

    @Test(arguments: [
        "", "console.log(1)", "/* ABOUT\n{}\n*/", "// /** ABOUT {} */", "const text = \"/** ABOUT { */\"",
        "/** ABOUTNESS {} */", "/** About {} */", "/** PARAMSX [] */", "const ABOUT = 1, PARAMS = 2",
        "x /** PARAMS [] */",
    ])
    func fileWithoutBlocksIsNoBotAndSaysNothing(text: String) {
        let reading = parse(text)
        #expect(!reading.isCandidate)
        #expect(reading.bot == nil)
        #expect(reading.diagnostics == [])
    }

    @Test(arguments: [
        "/** ABOUT {\"name\": \"x\"} */ /** PARAMS [] */\n/** PARAMS [] */",
        "/**ABOUT{\"name\":\"x\"}*/\n/**PARAMS[]*/",
        "#!/usr/bin/env node\n\n\t/**  ABOUT\t{\"name\": \"x\"}*/\n/** PARAMS\n[]*/",
        "/** PARAMS {} */\n/** ABOUT {\"name\": \"x\"} */",
        "\u{FEFF}/** ABOUT {\"name\": \"x\"} */\n/** PARAMS [] */",
        "/** ABOUT\r\n{\"name\": \"x\"}\r\n*/\r\n/** PARAMS\r\n// none\r\n[]\r\n*/\r\n",
        "code();\n/** ABOUT {\"name\": \"x\"} */\nmore();\n/** PARAMS [] */ rest();",
        "/** not it */\n/** ABOUT {\"name\": \"x\"} */\n/** PARAMS [] */",
    ])
    func blocksAreFoundInTheseForms(text: String) {
        let reading = parse(text)
        #expect(messages(reading) == [])
        #expect(reading.bot?.name == "x")
    }

    // MARK: Exact findings

    static let findings: [(about: String, params: String, expected: String)] = [
        // ABOUT
        ("[]", "[]", "x.js:2:1: warning: ABOUT: expected an object, found a list"),
        ("{}", "[]", "x.js:2:1: warning: ABOUT: 'name' is missing"),
        (#"{"name": 5}"#, "[]", "x.js:2:10: warning: ABOUT: 'name' takes a string, found a number"),
        (
            #"{"name": "Track It"}"#, "[]",
            "x.js:2:10: warning: ABOUT: 'Track It' is not a name (lower-case letters, digits and inner hyphens, at most 63 characters)"
        ),
        (
            #"{"name": "-x"}"#, "[]",
            "x.js:2:10: warning: ABOUT: '-x' is not a name (lower-case letters, digits and inner hyphens, at most 63 characters)"
        ),
        (
            #"{"name": "x", "descripton": "d"}"#, "[]",
            "x.js:2:15: warning: unknown key 'descripton' (did you mean 'description'?)"
        ),
        (#"{"name": "x", "name": "y"}"#, "[]", "x.js:2:15: warning: ABOUT: duplicate key 'name'"),
        (#"{"name": "x",}"#, "[]", "x.js:2:13: warning: ABOUT: remove the comma before '}'"),
        ("{\n  \"name\": \"x\",\n  \"icon\": ü\n}", "[]", "x.js:4:11: warning: ABOUT: expected a value, found 'ü'"),
        (
            "{\"name\": \"x\", \"description\": \"üüü\" 1}", "[]",
            "x.js:2:36: warning: ABOUT: expected ',' or '}', found '1'"
        ),
        ("", "[]", "x.js:1:10: warning: ABOUT: the block is empty"),
        (#"{"name": "x"} trailing"#, "[]", "x.js:2:15: warning: ABOUT: unexpected 't' after the end of the JSON"),
        (#"{"name": "x", "icon": null}"#, "[]", "x.js:2:23: warning: ABOUT: 'icon' takes a string, found null"),
        // PARAMS
        (#"{"name": "x"}"#, "5", "x.js:5:1: warning: PARAMS: expected a list or an object, found a number"),
        (#"{"name": "x"}"#, "[5]", "x.js:5:2: warning: PARAMS: expected an object, found a number"),
        (#"{"name": "x"}"#, "[{}]", "x.js:5:2: warning: PARAMS: a parameter without 'name'"),
        (
            #"{"name": "x"}"#, #"[{"name": ""}]"#,
            "x.js:5:11: warning: PARAMS: '' is not a parameter's name (1 to 64 letters, digits, '_', '-' and '.')"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a b"}]"#,
            "x.js:5:11: warning: PARAMS: 'a b' is not a parameter's name (1 to 64 letters, digits, '_', '-' and '.')"
        ),
        (
            #"{"name": "x"}"#, "[{\"name\": \"a\"},\n {\"name\": \"a\"}]",
            "x.js:6:11: warning: PARAMS: duplicate parameter 'a'"
        ),
        (#"{"name": "x"}"#, #"{"a": {}, "a": {}}"#, "x.js:5:11: warning: PARAMS: duplicate key 'a'"),
        (
            #"{"name": "x"}"#, #"{"a": {"name": "b"}}"#,
            "x.js:5:16: warning: PARAMS: the key says 'a', the name says 'b'"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "colour"}]"#,
            "x.js:5:24: warning: PARAMS: 'a' has the unknown type 'colour' and is taken as a string"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "integr"}]"#,
            "x.js:5:24: warning: PARAMS: 'a' has the unknown type 'integr' and is taken as a string (did you mean 'integer'?)"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": 1}]"#,
            "x.js:5:24: warning: PARAMS: 'type' takes a string, found a number"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "range"}]"#,
            "x.js:5:11: warning: PARAMS: 'a' is a range without \"range\": \"LOW-HIGH\""
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "range", "range": "1..9"}]"#,
            "x.js:5:42: warning: PARAMS: '1..9' is not a range (write \"1-9\", \"-5-5\" or \"0.5-2\")"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "range", "range": "9-1"}]"#,
            "x.js:5:42: warning: PARAMS: the range '9-1' is empty: its end is below its beginning"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "select"}]"#,
            "x.js:5:11: warning: PARAMS: 'a' is a select without \"options\": […]"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "select", "options": []}]"#,
            "x.js:5:45: warning: PARAMS: 'options' is empty"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "select", "options": "b"}]"#,
            "x.js:5:45: warning: PARAMS: 'options' takes a list, found a string"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "select", "options": ["b", {}]}]"#,
            "x.js:5:51: warning: PARAMS: an option is a text or a number, found an object"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "select", "options": ["b", "b"]}]"#,
            "x.js:5:51: warning: PARAMS: duplicate option 'b'"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "required": "no"}]"#,
            "x.js:5:28: warning: PARAMS: 'required' takes true or false, found a string"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "defualt": "b"}]"#,
            "x.js:5:16: warning: unknown key 'defualt' (did you mean 'default'?)"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "default": [1]}]"#,
            "x.js:5:27: warning: PARAMS: 'default' takes a single value, found a list"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "integer", "default": 1.5}]"#,
            "x.js:5:46: warning: PARAMS: the default of 'a' is not an integer: '1.5'"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "number", "default": "many"}]"#,
            "x.js:5:45: warning: PARAMS: the default of 'a' is not a number: 'many'"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "boolean", "default": "yes"}]"#,
            "x.js:5:46: warning: PARAMS: the default of 'a' is not true or false: 'yes'"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "range", "range": "1-9", "default": 10}]"#,
            "x.js:5:60: warning: PARAMS: the default of 'a' is not within its range: '10'"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "select", "options": ["b"], "default": "c"}]"#,
            "x.js:5:63: warning: PARAMS: the default of 'a' is not one of its options: 'c'"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "url", "default": "example.com"}]"#,
            "x.js:5:42: warning: PARAMS: the default of 'a' is not a URL: 'example.com'"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a", "type": "password", "default": "hunter2"}]"#,
            "x.js:5:47: warning: PARAMS: the default of the password 'a' is passed over (it takes only a secret)"
        ),
        (
            #"{"name": "x"}"#, #"[{"name": "a"} {"name": "b"}]"#,
            "x.js:5:16: warning: PARAMS: expected ',' or ']', found '{'"
        ),
    ]

    @Test(arguments: findings) func findingStandsAtItsPlace(about: String, params: String, expected: String) {
        #expect(messages(parse(script(about: about, params: params))) == [expected])
    }

    /// Which of the findings above still leave a bot: those that are advice.
    @Test func adviceLeavesTheBotAndFaultsDoNot() {
        let advice = ["unknown key", "unknown type", "passed over"]
        for finding in Self.findings {
            let isAdvice = advice.contains { finding.expected.contains($0) }
            let reading = parse(script(about: finding.about, params: finding.params))
            #expect((reading.bot != nil) == isAdvice, "\(finding.expected)")
            #expect(reading.isCandidate)
        }
    }

    @Test func faultsOfACustomBotAreErrorsAndItsUnknownTypesWarnings() {
        let reading = parse(
            script(params: #"[{"name": "a", "type": "colour"}, {"name": "b", "required": 1}]"#), faults: .error)
        #expect(
            messages(reading) == [
                "x.js:5:24: warning: PARAMS: 'a' has the unknown type 'colour' and is taken as a string",
                "x.js:5:61: error: PARAMS: 'required' takes true or false, found a number",
            ])
    }

    @Test func passwordsDefaultIsNeverQuoted() {
        let reading = parse(script(params: #"[{"name": "a", "type": "password", "default": "hunter2"}]"#))
        #expect(reading.bot?.parameters.first?.defaultValue == nil)
        #expect(!messages(reading).joined().contains("hunter2"))
    }

    // MARK: Whole files

    @Test func missingBlockIsNamed() {
        #expect(
            messages(parse("code();\n/** ABOUT {\"name\": \"x\"} */"))
                == ["x.js:2:1: warning: there is an ABOUT block but no PARAMS block"])
        #expect(
            messages(parse("/** PARAMS [] */")) == ["x.js:1:1: warning: there is a PARAMS block but no ABOUT block"])
    }

    @Test func secondBlockIsNamed() {
        let text = script() + "/** ABOUT {\"name\": \"y\"} */\n"
        #expect(messages(parse(text)) == ["x.js:8:1: warning: a second ABOUT block (a file is one bot)"])
        #expect(parse(text).bot == nil)
    }

    @Test func blockThatIsNeverClosedIsNamed() {
        let reading = parse("/** PARAMS [] */\n/** ABOUT {\"name\": \"x\"}\n")
        #expect(messages(reading) == ["x.js:2:1: warning: the ABOUT comment is never closed"])
    }

    @Test func commentThatAStringEndsEarlyIsExplained() {
        let reading = parse(script(about: #"{"name": "x", "description": "every */5 minutes"}"#))
        #expect(
            messages(reading) == [
                "x.js:2:30: warning: ABOUT: the comment ends inside this string (a '*/' ends it for JavaScript; write '*\\/')"
            ])
    }

    @Test func escapedSlashKeepsTheCommentOpen() {
        let reading = parse(script(about: #"{"name": "x", "description": "every *\/5 minutes, see http://a"}"#))
        #expect(reading.diagnostics == [])
        #expect(reading.bot?.description == "every */5 minutes, see http://a")
    }

    @Test func nameIsKnownOfABrokenBot() {
        let reading = parse(script(params: "[}"))
        #expect(reading.bot == nil)
        #expect(reading.name == "x")
    }

    @Test func positionsCountScalarsAndNotTheByteOrderMark() {
        let reading = parse("\u{FEFF}/** ABOUT {\"name\": \"x\", \"icon\": \"e\u{301}😀\", 1} */\n/** PARAMS [] */")
        #expect(messages(reading) == ["x.js:1:40: warning: ABOUT: expected a key in double quotes, found '1'"])
    }

    @Test func severalFindingsAreSortedByPlace() {
        let reading = parse(script(about: "{}", params: #"[{"name": "a", "required": 1}, {}]"#))
        #expect(
            messages(reading) == [
                "x.js:2:1: warning: ABOUT: 'name' is missing",
                "x.js:5:28: warning: PARAMS: 'required' takes true or false, found a number",
                "x.js:5:32: warning: PARAMS: a parameter without 'name'",
            ])
    }

    @Test(arguments: [
        ("1-9", 1.0, 9.0), ("-5-5", -5, 5), ("-9--3", -9, -3), ("0.5-1.25", 0.5, 1.25), (" 1 - 9 ", 1, 9),
        ("3-3", 3, 3),
        ("-0.5-0", -0.5, 0),
    ])
    func rangesAreRead(text: String, low: Double, high: Double) {
        let parameter = parse(script(params: "[{\"name\": \"a\", \"type\": \"range\", \"range\": \"\(text)\"}]")).bot?
            .parameters.first
        #expect(parameter?.minimum == low)
        #expect(parameter?.maximum == high)
    }

    @Test(arguments: [
        "", "1", "-", "1-", "-9", "a-b", "1-9-12", "1e2-3", "+1-9", "1.-2", ".5-1", "1–9", "١-٩", "inf-nan",
    ])
    func otherTextsAreNoRange(text: String) {
        let reading = parse(script(params: "[{\"name\": \"a\", \"type\": \"range\", \"range\": \"\(text)\"}]"))
        #expect(reading.bot == nil)
        #expect(messages(reading).first?.contains("is not a range") == true)
    }

    @Test func typesAndDefaultsOfEveryKindAreRead() {
        let reading = parse(
            script(
                params: """
                    [{"name": "a", "type": "String", "default": "t"}, {"name": "b", "type": "number", "default": -1.5e3},
                     {"name": "c", "type": "Integer", "default": 7}, {"name": "d", "type": "boolean", "default": false},
                     {"name": "e", "type": "range", "range": "-1-1", "default": 0.5},
                     {"name": "f", "type": "select", "options": ["x", 2, true], "default": 2},
                     {"name": "g", "type": "url", "default": "https://example.com/?a=b"}, {"name": "h", "default": null}]
                    """))
        #expect(messages(reading) == [])
        #expect(
            reading.bot?.parameters.map(\.type) == [
                .string, .number, .integer, .boolean, .range, .select, .url, .string,
            ])
        #expect(
            reading.bot?.parameters.map(\.defaultValue)
                == ["t", "-1.5e3", "7", "false", "0.5", "2", "https://example.com/?a=b", nil])
        #expect(reading.bot?.parameters[5].options == ["x", "2", "true"])
    }

    @Test func bytesThatAreNotUTF8OutsideOfBlocksDoNoHarm() {
        let bytes = Array(script().utf8) + [0xFF, 0xFE, 0x00]
        let reading = BotFileParser.parse(bytes, source: "s", path: "x.js", commit: nil, file: "x.js")
        #expect(reading.bot?.name == "x")
    }
}
