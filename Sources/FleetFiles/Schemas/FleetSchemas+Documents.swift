extension FleetSchemas {
    /// A document of fleet/deployments.
    static let deployment = #"""
        "title": "fleet/deployments/*.yaml: a deployment, one a document",
        "type": "object", "required": ["name", "user", "bot"], "additionalProperties": false,
        "not": {"required": ["schedule", "state"]},
        "properties": {
          "name": {"$ref": "#/$defs/name", "description": "Instances are NAME-1 to NAME-COUNT."},
          "user": {"$ref": "#/$defs/email"},
          "bot": {"$ref": "#/$defs/name"},
          "region": {"$ref": "#/$defs/name", "description": "Default: the user's."},
          "count": {"$ref": "#/$defs/count", "default": 1,
            "description": "Less terminates the highest numbers; 0 keeps the deployment without instances."},
          "instance_type": {
            "description": "One, or a list in order of preference for when AWS has no capacity. Default: the fleet's.",
            "anyOf": [
              {"$ref": "#/$defs/instance_type"},
              {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"$ref": "#/$defs/instance_type"}}
            ]
          },
          "storage_gb": {"$ref": "#/$defs/storage", "description": "GiB of the root volume. Default: the fleet's."},
          "image": {"anyOf": [{"const": "default"}, {"$ref": "#/$defs/image"}], "default": "default"},
          "schedule": {"$ref": "#/$defs/name", "description": "When the instances run; not together with state."},
          "state": {"enum": ["running", "stopped"], "default": "running"},
          "parameters": {
            "description": "What the bot's own list asks for. A password is {ssm: NAME}; botfleet never reads it.",
            "type": "object", "minProperties": 1,
            "additionalProperties": {
              "anyOf": [
                {"$ref": "#/$defs/text"},
                {
                  "type": "object", "required": ["ssm"], "additionalProperties": false,
                  "properties": {"ssm": {"type": "string",
                    "pattern": "^(/[A-Za-z0-9_./-]*[A-Za-z0-9_.-]|[A-Za-z0-9_.-]+)$"}}
                }
              ]
            }
          },
          "when_lost": {"enum": ["restore", "report"], "default": "report",
            "description": "What happens when AWS lost an instance."},
          "protect": {"$ref": "#/$defs/boolean", "default": false,
            "description": "true: nothing may terminate or replace its instances."},
          "hold": {
            "description": "One state until a local time (the schedule's zone, else the user's), whatever the sche\#
        dule says.",
            "type": "object", "required": ["state"], "additionalProperties": false,
            "properties": {
              "state": {"enum": ["running", "stopped"]},
              "until": {"type": "string",
                "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?$",
                "examples": ["2026-12-01T08:00"]},
              "reason": {"$ref": "#/$defs/text"}
            }
          },
          "drift": {"enum": ["fix", "report"], "default": "fix",
            "description": "Whether plan offers to undo changes made by hand."},
          "instance_profile": {"$ref": "#/$defs/instance_profile",
            "description": "Another role than the user's or the fleet's."}
        }
        """#

    /// A document of bots/.
    static let bots = #"""
        "title": "bots/*.yaml: a source of bots or a custom bot, one a document",
        "type": "object",
        "oneOf": [{"required": ["source", "url"]}, {"required": ["bot", "script"]}],
        "if": {"required": ["source"]},
        "then": {"propertyNames": {"enum": ["source", "url", "ref", "auth", "ignore"]}},
        "else": {"propertyNames": {"enum": ["bot", "script", "package"]}},
        "properties": {
          "source": {"$ref": "#/$defs/name", "not": {"const": "custom"}},
          "url": {"type": "string", "minLength": 1, "not": {"pattern": "^[a-z+]+://[^/]*:[^/]*@"},
            "description": "https, ssh, file, or a path relative to this repository; never with credentials in it.\#
        "},
          "ref": {"$ref": "#/$defs/text", "default": "main", "description": "A branch, tag or commit."},
          "auth": {
            "description": "Else ssh-agent.",
            "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
            "properties": {"token": {"$ref": "#/$defs/env"}, "ssh_key_file": {"$ref": "#/$defs/text"}}
          },
          "ignore": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1},
            "description": "Globs of files that are neither bots nor part of bundles."},
          "bot": {"$ref": "#/$defs/name"},
          "script": {"type": "string", "pattern": "\\.js$", "description": "Relative to this file."},
          "package": {"type": "string", "pattern": "\\.json$", "description": "Relative to this file."}
        }
        """#

    /// A document of schedules/.
    static let schedule = #"""
        "title": "schedules/*.yaml: a schedule, one a document",
        "type": "object", "required": ["name"], "additionalProperties": false,
        "anyOf": [{"required": ["week"]}, {"required": ["exceptions"]}],
        "properties": {
          "name": {"$ref": "#/$defs/name"},
          "timezone": {"type": "string", "minLength": 1,
            "description": "An IANA zone. Default: each deployment's user's.", "examples": ["Europe/Berlin"]},
          "week": {
            "type": "array", "minItems": 1,
            "items": {
              "type": "object", "required": ["days"], "additionalProperties": false,
              "anyOf": [{"required": ["start"]}, {"required": ["stop"]}],
              "properties": {
                "days": {
                  "description": "mon … sun, ranges (fri-mon wraps), everyday, mon#1 to mon#5, fri#last.",
                  "anyOf": [{"$ref": "#/$defs/day"}, {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/day"}}]
                },
                "months": {"anyOf": [{"$ref": "#/$defs/month"}, {"type": "array", "minItems": 1,
                  "items": {"$ref": "#/$defs/month"}}]},
                "monthdays": {
                  "description": "1 to 31, ranges, last.",
                  "anyOf": [{"$ref": "#/$defs/monthday"}, {"type": "array", "minItems": 1,
                    "items": {"$ref": "#/$defs/monthday"}}]
                },
                "start": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
                "stop": {"type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
                  "description": "At or before start: the next day."}
              }
            }
          },
          "exceptions": {
            "description": "Whole local days; two may not cover one day.",
            "type": "array", "minItems": 1,
            "items": {
              "type": "object", "required": ["dates", "state"], "additionalProperties": false,
              "properties": {
                "dates": {"type": "string",
                  "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(\\.\\.[0-9]{4}-[0-9]{2}-[0-9]{2})?$",
                  "examples": ["2026-12-24..2026-12-26"]},
                "state": {"enum": ["stopped", "running", "unmanaged"]}
              }
            }
          },
          "enforce": {"$ref": "#/$defs/boolean", "default": false,
            "description": "true: manual starts and stops are undone at the next instance:sync."}
        }
        """#
}
