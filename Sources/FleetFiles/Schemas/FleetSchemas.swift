/// JSON Schemas (draft 2020-12) of the file kinds, for editors' completion and checks while typing.
///
/// They say what one file alone can say: keys, types, forms. What they can't, `botfleet validate` does: names that
/// refer to other files, duplicate names, zones, overlapping exceptions. As in the files themselves, quotes change
/// nothing: a number or a boolean may be written as a text.
/// Source: json-schema.org, draft 2020-12, Core and Validation.
public enum FleetSchemas {
    /// The kinds, in the order of SPEC 1.
    public static let names = ["fleet", "regions", "users", "deployment", "bots", "schedule"]

    /// The schema of a kind as JSON text that ends with a line break; nil for other names.
    ///
    /// `deployments`, `bot` and `schedules` are taken for `deployment`, `bots` and `schedule`.
    public static func schema(named name: String) -> String? {
        switch name {
        case "fleet": document("fleet", fleet)
        case "regions": document("regions", regions)
        case "users": document("users", users)
        case "deployment", "deployments": document("deployment", deployment)
        case "bots", "bot": document("bots", bots)
        case "schedule", "schedules": document("schedule", schedule)
        default: nil
        }
    }

    /// A whole schema: its head, what the kind says, and the definitions that all share.
    private static func document(_ name: String, _ body: String) -> String {
        """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "$id": "https://botfleet.example/schemas/\(name).json",
        \(indented(body)),
        \(indented(definitions))
        }

        """
    }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }.joined(separator: "\n")
    }

    /// Forms that several kinds use.
    private static let definitions = #"""
        "$defs": {
          "text": {"type": ["string", "number", "boolean"], "minLength": 1},
          "name": {"type": ["string", "integer", "boolean"], "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"},
          "boolean": {"enum": [true, false, "true", "false"]},
          "count": {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string",
            "pattern": "^(0|[1-9][0-9]{0,5})$"}]},
          "number": {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string",
            "pattern": "^(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$"}]},
          "span": {"type": "string", "pattern": "^(0|[1-9][0-9]*)[smhdw]$", "examples": ["90s", "10m", "1h", "30d"]},
          "email": {"type": "string", "pattern": "^[^@\\s]+@[^@\\s]+$"},
          "instance_type": {"type": "string", "pattern": "^[a-z0-9-]+\\.[a-z0-9-]+$", "examples": ["t3.medium"]},
          "instance_profile": {"type": "string", "pattern": "^[A-Za-z0-9_+=,.@-]{1,128}$"},
          "storage": {"anyOf": [{"type": "integer", "minimum": 8, "maximum": 16384}, {"type": "string",
            "pattern": "^[1-9][0-9]{0,4}$"}]},
          "image": {"type": "string", "pattern": "^ami-[0-9a-z]+$"},
          "image_owner": {"type": ["string", "integer"], "pattern": "^(self|amazon|aws-marketplace|[0-9]{12})$"},
          "day": {"type": "string",
            "pattern": "^([eE][vV][eE][rR][yY][dD][aA][yY]|([mM][oO][nN]|[tT][uU][eE]|[wW][eE][dD]|[tT][hH][uU]|[f\#
        F][rR][iI]|[sS][aA][tT]|[sS][uU][nN])(-([mM][oO][nN]|[tT][uU][eE]|[wW][eE][dD]|[tT][hH][uU]|[fF][rR][iI]|[\#
        sS][aA][tT]|[sS][uU][nN]))?|([mM][oO][nN]|[tT][uU][eE]|[wW][eE][dD]|[tT][hH][uU]|[fF][rR][iI]|[sS][aA][tT]\#
        |[sS][uU][nN])#([1-5]|[lL][aA][sS][tT]))$"},
          "month": {"type": "string",
            "pattern": "^([jJ][aA][nN]|[fF][eE][bB]|[mM][aA][rR]|[aA][pP][rR]|[mM][aA][yY]|[jJ][uU][nN]|[jJ][uU][l\#
        L]|[aA][uU][gG]|[sS][eE][pP]|[oO][cC][tT]|[nN][oO][vV]|[dD][eE][cC])(-([jJ][aA][nN]|[fF][eE][bB]|[mM][aA][\#
        rR]|[aA][pP][rR]|[mM][aA][yY]|[jJ][uU][nN]|[jJ][uU][lL]|[aA][uU][gG]|[sS][eE][pP]|[oO][cC][tT]|[nN][oO][vV\#
        ]|[dD][eE][cC]))?$"},
          "monthday": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 31}, {"type": "string",
            "pattern": "^([1-9]|[12][0-9]|3[01]|[lL][aA][sS][tT])(-([1-9]|[12][0-9]|3[01]|[lL][aA][sS][tT]))?$"}]},
          "env": {
            "description": "The name of an environment variable that holds the secret; the secret never stands in \#
        a file.",
            "type": "object", "required": ["env"], "additionalProperties": false,
            "properties": {"env": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}}
          }
        }
        """#
}
